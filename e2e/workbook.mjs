// Reads the first sheet of a downloaded workbook, far enough to compare its cells with the page.
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

/** The rows of the first sheet as text; numbers as they are written in the file. */
export function rows(path) {
  const part = parts(readFileSync(path));
  const shared = [...text(part('xl/sharedStrings.xml')).matchAll(/<si>(.*?)<\/si>/gs)].map(([, item]) =>
    [...item.matchAll(/<t[^>]*>(.*?)<\/t>/gs)].map(([, words]) => unescape(words)).join(''));
  return [...text(part('xl/worksheets/sheet1.xml')).matchAll(/<row [^>]*>(.*?)<\/row>/gs)].map(([, row]) =>
    [...row.matchAll(/<c ([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)].map(([, attributes, inner = '']) => {
      const value = /<v>(.*?)<\/v>/s.exec(inner)?.[1] ?? /<t[^>]*>(.*?)<\/t>/s.exec(inner)?.[1] ?? '';
      return /t="s"/.test(attributes) ? shared[Number(value)] : unescape(value);
    }));
}

/** How many cells of its sheets hold a formula. */
export function formulas(bytes) {
  const part = parts(bytes);
  let found = 0;
  for (let sheet = 1; part(`xl/worksheets/sheet${sheet}.xml`); sheet += 1) {
    found += [...text(part(`xl/worksheets/sheet${sheet}.xml`)).matchAll(/<f[ >/]/g)].length;
  }
  return found;
}

/** A function from a part's name to its bytes, by the directory at the end of the zip. */
function parts(zip) {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const found = new Map();
  let at = zip.readUInt32LE(end + 16);
  for (let count = zip.readUInt16LE(end + 10); count > 0; count -= 1) {
    const [method, packed, nameLength, extra, comment, local] = [
      zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30),
      zip.readUInt16LE(at + 32), zip.readUInt32LE(at + 42)];
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = zip.subarray(start, start + packed);
    found.set(zip.toString('utf8', at + 46, at + 46 + nameLength), () => (method === 0 ? bytes : inflateRawSync(bytes)));
    at += 46 + nameLength + extra + comment;
  }
  return (name) => found.get(name)?.();
}

const text = (bytes) => bytes?.toString('utf8') ?? '';
const unescape = (words) => words.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&amp;/g, '&');
