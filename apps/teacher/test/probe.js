// Runs in the page before its own script: notes what the tests measure.
const probe = { drawn: {}, tasks: [], gaps: [] };
globalThis.probe = probe;

const note = () => {
  for (const one of document.querySelectorAll("[data-alert]"))
    probe.drawn[one.getAttribute("data-alert")] ??= Date.now();
};
new MutationObserver(note).observe(document, { subtree: true, childList: true, attributes: true });

new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) probe.tasks.push(duration);
}).observe({ entryTypes: ["longtask"] });

let last = performance.now();
const frame = (now) => {
  probe.gaps.push(now - last);
  last = now;
  requestAnimationFrame(frame);
};
requestAnimationFrame(frame);
