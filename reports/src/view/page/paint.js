// What all drawings share: colours from the page's style, sharp canvases, and texts that fit.

const LABEL_WIDTH = 168;
const FONT = "11px system-ui, sans-serif";
const SMALL_FONT = "10px system-ui, sans-serif";

let palette = {};

// Reads the colours anew: they differ in light, in dark and in print.
function readPalette() {
  const style = getComputedStyle(document.documentElement);
  const names = ["ground", "text", "muted", "line", "stripe", "good", "calm", "busy", "bad", "gone",
    "quiet", "join", "executor", "driver", "application", "other", "fault", "accent"];
  palette = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

// The colour of a kind of message, by what it is about.
function messageColour(name) {
  if (/Heartbeat|Ping|Resolve|Boolean/.test(name)) return palette.quiet;
  if (/Executor/.test(name)) return palette.executor;
  if (/Application/.test(name)) return palette.application;
  if (/Worker|Master|Standby|Reconnect|Session|Latch/.test(name)) return palette.join;
  if (/Driver|Submit/.test(name)) return palette.driver;
  return palette.other;
}

// Fits a canvas to a size in the page, sharp on every screen; what to draw on.
function prepare(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.fillStyle = palette.ground;
  pen.fillRect(0, 0, width, height);
  return pen;
}

// A text that is cut off where there is no room for it.
function fitted(pen, text, room) {
  if (pen.measureText(text).width <= room) return text;
  let kept = Math.max(0, Math.floor((text.length * room) / pen.measureText(text).width));
  while (kept > 0 && pen.measureText(`${text.slice(0, kept)}…`).width > room) kept -= 1;
  return kept > 0 ? `${text.slice(0, kept)}…` : "";
}

// A text with the ground's colour around it, readable on lines.
function haloed(pen, text, x, y, colour) {
  pen.lineWidth = 3;
  pen.lineJoin = "round";
  pen.strokeStyle = palette.ground;
  pen.strokeText(text, x, y);
  pen.fillStyle = colour;
  pen.fillText(text, x, y);
}

// Keeps texts apart: whether a place is free, which is taken then.
class Places {
  constructor() {
    this.taken = [];
  }

  take(x, y, width, height) {
    const meets = (one) => x < one[2] && x + width > one[0] && y < one[3] && y + height > one[1];
    if (this.taken.some(meets)) return false;
    this.taken.push([x, y, x + width, y + height]);
    return true;
  }
}

// The time axis: lines through the drawing, and instants above it.
function drawAxis(pen, span, height) {
  const { ticks, step } = span.ticks();
  pen.font = FONT;
  pen.textBaseline = "middle";
  pen.textAlign = "center";
  for (const tick of ticks) {
    const x = Math.round(LABEL_WIDTH + span.x(tick)) + 0.5;
    pen.strokeStyle = palette.line;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(x, 20);
    pen.lineTo(x, height);
    pen.stroke();
    const text = showInstant(tick, step);
    const half = pen.measureText(text).width / 2;
    pen.fillStyle = palette.muted;
    pen.fillText(text, clamp(x, LABEL_WIDTH + half, LABEL_WIDTH + span.width - half - 2), 11);
  }
  pen.textAlign = "left";
}

// Covers the states where the page had no more room for them. What is drawn in full is drawn above.
function coverUnknown(pen, span, from, top, bottom) {
  if (from === null || from > span.to) return;
  const x = LABEL_WIDTH + Math.max(0, span.x(from));
  const width = LABEL_WIDTH + span.width - x;
  pen.globalAlpha = 0.9;
  pen.fillStyle = palette.stripe;
  pen.fillRect(x, top, width, bottom - top);
  pen.globalAlpha = 1;
  pen.font = FONT;
  pen.textBaseline = "middle";
  pen.fillStyle = palette.muted;
  const text = fitted(pen, "states are not known from here on, and not all events are shown", width - 16);
  pen.fillText(text, x + 8, top + 14);
}

// The cursor: the instant of the step.
function drawCursor(pen, span, at, height) {
  if (at < span.from || at > span.to) return;
  const x = LABEL_WIDTH + span.x(at);
  pen.strokeStyle = palette.accent;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.moveTo(x, 18);
  pen.lineTo(x, height);
  pen.stroke();
}
