// The websocket: sends the page's proof, acknowledges each message, reconnects after a loss.

const PAUSES = [300, 1000, 2000, 5000];

export function connect({ told, state, greet }) {
  const proof = document.querySelector('meta[name="proof"]').content;
  let socket = null, failures = 0, open = false;

  function start() {
    const url = new URL("live", location.href);
    url.protocol = "ws:";
    socket = new WebSocket(url);
    socket.onopen = () => {
      open = true;
      socket.send(JSON.stringify({ do: "hello", proof }));
      greet();
    };
    socket.onmessage = (event) => {
      failures = 0;
      const message = JSON.parse(event.data);
      told(message);
      say({ do: "ack", number: message.number });
    };
    socket.onclose = (event) => {
      open = false;
      if (event.code === 4403) {
        state("This page is old. Open the new link that setmirror view prints.");
        return;
      }
      const pause = PAUSES[Math.min(failures++, PAUSES.length - 1)];
      state(failures > 3
        ? "setmirror view has ended. Start it again and open the link that it prints."
        : "The connection was lost; trying again…");
      setTimeout(start, pause);
    };
  }

  function say(message) {
    if (open && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  start();
  return say;
}
