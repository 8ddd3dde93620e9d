// Elements from values: texts from a Set are set as text, never as markup.

export const $ = (id) => document.getElementById(id);

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const MOST = 300;

export function plain(text) {
  // Without characters that change the direction of the surrounding text.
  const clean = String(text ?? "").replace(CONTROL, " ");
  return clean.length > MOST ? clean.slice(0, MOST) + "…" : clean;
}

export function make(tag, { text, on, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    if (name === "className") element.className = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  if (text !== undefined) element.textContent = plain(text);
  if (on) element.addEventListener("click", on);
  element.append(...children.filter((child) => child != null));
  return element;
}
