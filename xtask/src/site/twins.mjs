/*
 * Compresses files: `node twins.mjs FILE…` writes `FILE.br` and `FILE.gz` beside each, as small as they get, on all cores.
 */
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const files = process.argv.slice(2);
let done = 0;
await Promise.all(
  files.map(async (file) => {
    const content = await readFile(file);
    const brotli = {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      // The largest window every browser accepts (RFC 7932 §9.1).
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    };
    await writeFile(`${file}.br`, await promisify(brotliCompress)(content, { params: brotli }));
    await writeFile(`${file}.gz`, await promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }));
    done += 1;
    console.log(`${done} of ${files.length}`);
  }),
);
