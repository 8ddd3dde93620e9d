// Asks the Remote Script of ableton-js through its own client; a line of JSON for each thing measured, in milliseconds.
//   node ableton_js.js PACKAGE READS WRITES
// Reads first, then tells every tempo that it hears with the time of day, until a line comes in; then writes.
const { Ableton } = require(process.argv[2]);
const [reads, writes] = process.argv.slice(3).map(Number);
const nop = () => {};
const now = () => performance.timeOrigin + performance.now();
const say = (message) => process.stdout.write(JSON.stringify(message) + "\n");

async function times(count, ask) {
  await ask();
  const found = [];
  for (let i = 0; i < count; i++) {
    const began = now();
    await ask();
    found.push(now() - began);
  }
  return found;
}

(async () => {
  const ableton = new Ableton({ logger: { debug: nop, info: nop, warn: nop, error: nop } });
  await ableton.start(30000);
  const tracks = await ableton.song.get("tracks");
  const devices = await tracks[0].get("devices");
  const parameters = await devices[0].get("parameters");
  say({
    overview: await times(reads, () => ableton.song.get("tracks")),
    track: await times(reads, () => tracks[0].get("name")),
    parameter: await times(reads, () => parameters[1].get("value")),
  });
  let waiting = null;
  await ableton.song.addListener("tempo", (tempo) => {
    say({ tempo, at: now() });
    if (waiting && waiting.tempo === tempo) waiting.tell();
  });
  say({ listening: true });
  await new Promise((go) => process.stdin.once("data", go));
  let turn = 0;
  say({
    write: await times(writes, async () => {
      const tempo = 100 + (turn++ % 3);
      const seen = new Promise((tell) => (waiting = { tempo, tell }));
      await ableton.song.set("tempo", tempo);
      await seen;
    }),
  });
  await ableton.close();
  process.exit(0);
})().catch((problem) => {
  console.error(problem);
  process.exit(1);
});
