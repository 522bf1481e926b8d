/** The value below which the share `part` (0 to 1) of the figures lies, by nearest rank. */
export function quantile(figures: number[], part: number): number {
  const sorted = [...figures].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length, Math.max(1, Math.ceil(part * sorted.length))) - 1] ?? Number.NaN;
}

export const median = (figures: number[]): number => quantile(figures, 0.5);

/** Milliseconds with what places make sense. */
export function ms(figure: number): string {
  if (Number.isNaN(figure)) return "–";
  const micros = figure * 1_000;
  if (micros < 1_000) return `${micros.toFixed(micros < 10 ? 2 : 0)} µs`;
  return `${figure.toFixed(figure < 100 ? 1 : 0)} ms`;
}

/** Median and 95th percentile. */
export function both(figures: number[]): string {
  return `${ms(median(figures))}, p95 ${ms(quantile(figures, 0.95))}`;
}
