// Which part of a long row of items is in view: zooming, panning, and what lies under the pointer.

export const MIN_SPAN = 8; // items, at the greatest zoom
export const MAX_CELL = 24; // pixels
export const GLYPH_CELL = 13; // narrower cells carry no sign

export class Scale {
  constructor() {
    this.count = 0;
    this.start = 0; // first item in view, may be fractional
    this.span = 0; // items in view
    this.width = 1; // pixels
  }

  /** @param {number} count @param {number} width pixels */
  fit(count, width) {
    const whole = this.span === 0 || this.span >= this.count;
    this.count = count;
    this.width = Math.max(1, width);
    if (whole) this.all();
    else this.clamp();
  }

  all() {
    this.start = 0;
    this.span = this.count;
  }

  get zoomed() {
    return this.span < this.count;
  }

  /** Pixels of one item. */
  get cell() {
    return this.span ? Math.min(MAX_CELL, this.width / this.span) : MAX_CELL;
  }

  /** @param {number} item */
  x(item) {
    return (item - this.start) * this.cell;
  }

  /** The item under a pixel. @param {number} x */
  item(x) {
    return Math.max(0, Math.min(this.count - 1, Math.floor(this.start + x / this.cell)));
  }

  /** Zoom so that the item under pixel `x` stays there. @param {number} factor below 1 shows less @param {number} x */
  zoom(factor, x) {
    const anchor = this.start + x / this.cell;
    const span = Math.max(Math.min(MIN_SPAN, this.count), Math.min(this.count, this.span * factor));
    this.start = anchor - (anchor - this.start) * (span / this.span || 1);
    this.span = span;
    this.clamp();
  }

  /** @param {number} items */
  pan(items) {
    this.start += items;
    this.clamp();
  }

  /** Show items `from` to `to`. @param {number} from @param {number} to */
  brush(from, to) {
    this.start = Math.min(from, to);
    this.span = Math.max(Math.min(MIN_SPAN, this.count), Math.abs(to - from));
    this.clamp();
  }

  /** Move as little as needed to see an item. @param {number} item */
  reveal(item) {
    if (item < this.start) this.start = item - this.span / 4;
    else if (item + 1 > this.start + this.span) this.start = item + 1 - (3 * this.span) / 4;
    this.clamp();
  }

  clamp() {
    this.span = Math.min(this.span, this.count);
    this.start = Math.max(0, Math.min(this.start, this.count - this.span));
  }
}
