/** A colour as the browser computes it: "rgb(33, 43, 50)". */
export type Colour = string;

const CHANNELS = /^rgba?\((\d+), (\d+), (\d+)(?:, [\d.]+)?\)$/;

/** How light a colour is: the relative luminance of WCAG 2.2. */
function luminance(colour: Colour): number {
  const parts = CHANNELS.exec(colour);
  if (!parts) throw new Error(`not a colour: ${colour}`);
  const [red = 0, green = 0, blue = 0] = parts.slice(1, 4).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The contrast of two colours: the ratio of WCAG 2.2, from 1 to 21. */
export function contrast(one: Colour, other: Colour): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}
