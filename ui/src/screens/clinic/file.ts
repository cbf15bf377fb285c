/**
 * The text of a file, as UTF-8 or, if it is none, as Windows-1252, which older booking systems write.
 * `null` for a file that is no text, such as a spreadsheet or a picture, or cannot be read.
 */
export async function readText(file: Blob): Promise<string | null> {
  let bytes: ArrayBuffer;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    return null;
  }
  const text = decoded(bytes);
  return text.includes("\u0000") ? null : text;
}

function decoded(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
