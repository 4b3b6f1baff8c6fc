// What the timeline's canvases are drawn with.

/** Fit a canvas to its place and to the screen's pixels. @param {HTMLCanvasElement} canvas
 * @param {number} width @param {number} height @returns {CanvasRenderingContext2D} */
export function size(canvas, width, height) {
  const ratio = globalThis.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return pen;
}

/** @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} wide
 * @param {number} tall @param {number} round */
function outline(pen, x, y, wide, tall, round) {
  pen.beginPath();
  if (round && pen.roundRect) pen.roundRect(x, y, wide, tall, round);
  else pen.rect(x, y, wide, tall);
}

/** @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y @param {number} wide
 * @param {number} tall @param {number} round @param {string} colour @param {number} alpha */
export function box(pen, x, y, wide, tall, round, colour, alpha) {
  pen.globalAlpha = alpha;
  pen.fillStyle = colour;
  outline(pen, x, y, wide, tall, round);
  pen.fill();
}

/** A dashed frame. @param {CanvasRenderingContext2D} pen @param {number} x @param {number} y
 * @param {number} wide @param {number} tall @param {number} round @param {string} colour */
export function dashed(pen, x, y, wide, tall, round, colour) {
  pen.globalAlpha = 0.8;
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  pen.setLineDash([2, 2]);
  outline(pen, x + 0.5, y + 0.5, wide - 1, tall - 1, round);
  pen.stroke();
  pen.setLineDash([]);
}

/** Lines above a cell say that it holds several steps. @param {CanvasRenderingContext2D} pen
 * @param {number} x @param {number} y @param {number} wide @param {string} colour */
export function stacked(pen, x, y, wide, colour) {
  pen.globalAlpha = 0.55;
  pen.fillStyle = colour;
  pen.fillRect(x + 2, y - 3, Math.max(1, wide - 4), 1.5);
  pen.fillRect(x + 3, y - 6, Math.max(1, wide - 6), 1.5);
}
