// Swaps what the scale says into the page each second and keeps what was typed, and where. Without it the page works by plain forms.
"use strict";
const FIELDS = "input:not([type=hidden])";
addEventListener("DOMContentLoaded", () => {
  const main = document.querySelector("main"), lost = document.querySelector("#lost");
  const nameOf = element => element.id || element.value;
  let last = "", timer;
  const draw = text => {
    lost.hidden = true;
    if (text === last) return;
    const at = nameOf(document.activeElement || main), kept = {};
    for (const input of main.querySelectorAll(FIELDS)) kept[nameOf(input)] = [input.value, input.checked];
    const folded = main.querySelector("details"), open = folded && folded.open;
    last = text;
    main.innerHTML = text;
    if (open) { const now = main.querySelector("details"); if (now) now.open = true; }
    const chosen = main.querySelector("[name=network][checked]:not(#other)");
    for (const input of main.querySelectorAll(FIELDS)) {
      const [value, checked] = kept[nameOf(input)] || [];
      if (value && input.type !== "radio") input.value = value;
      if (checked && !(chosen && input.type === "radio")) input.checked = true;
      if (at && nameOf(input) === at) input.focus();
    }
    ready();
  };
  const ready = () => {
    const show = document.getElementById("show"), key = document.getElementById("key");
    if (!show) return;
    show.parentNode.hidden = false;
    show.onchange = () => { key.type = show.checked ? "text" : "password"; };
    show.onchange();
  };
  const ask = async (path, options) => {
    clearTimeout(timer);
    try {
      const answer = await fetch(path, { ...options, headers: { "X-Part": "1" }, cache: "no-store", signal: AbortSignal.timeout(15000) });
      draw(await answer.text());
    } catch (error) {
      lost.hidden = !!main.querySelector(".stages .done:last-child");
    }
    timer = setTimeout(ask, 1000, "/");
  };
  document.addEventListener("submit", event => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(event.target));
    const key = document.getElementById("key");
    if (key && event.target.contains(key)) key.value = "";
    ask(event.target.getAttribute("action"), { method: "POST", body });
  });
  ready();
  ask("/");
});
