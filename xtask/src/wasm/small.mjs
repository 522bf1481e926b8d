/*
 * Makes WASM files small: `node small.mjs FEATURE,… FILE…` writes `FILE.small` beside each, the same bytes as `wasm-opt -Oz`
 * would. Each core has a worker that takes one file after another: a program of its own for each file would compile the
 * optimizer each time, which takes longer than most files.
 *
 * It is run where the npm package `binaryen` is installed.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { pathToFileURL } from "node:url";
import { Worker, isMainThread, parentPort } from "node:worker_threads";

const STRIPPED = ["strip-debug", "strip-producers", "strip-target-features"];

await (isMainThread ? share(process.argv.slice(3)) : work());

/** Gives each worker the next file when it is done with one; fails with the first that fails. */
async function share(files) {
  let begun = 0;
  const core = () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2, 3) });
      worker.on("error", reject);
      worker.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
      worker.on("message", () => {
        const file = files[begun];
        begun += 1;
        if (file) console.log(`${begun} of ${files.length}`);
        worker.postMessage(file);
      });
    });
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), files.length) }, core));
}

async function work() {
  const path = createRequire(`${process.cwd()}/`).resolve("binaryen");
  const { default: binaryen } = await import(pathToFileURL(path).href);
  const features = process.argv[2].split(",").map((name) => feature(binaryen, name)).reduce((all, one) => all | one);
  binaryen.setOptimizeLevel(2);
  binaryen.setShrinkLevel(2);
  binaryen.setGenerateStackIR(true);
  binaryen.setOptimizeStackIR(true);
  parentPort.on("message", (file) => {
    if (!file) return parentPort.close();
    try {
      writeFileSync(`${file}.small`, small(binaryen, features, readFileSync(file)));
    } catch (cause) {
      // What binaryen throws names no file, and is no `Error`.
      throw new Error(`${file}: ${cause.message}`);
    }
    parentPort.postMessage("next");
  });
  parentPort.postMessage("next");
}

/** A name that `binaryen` no longer knows would otherwise turn off all features. */
function feature(binaryen, name) {
  const feature = binaryen.Features[name];
  if (!feature) throw new Error(`binaryen knows no feature ${name}`);
  return feature;
}

function small(binaryen, features, bytes) {
  const module = binaryen.readBinary(bytes, features);
  try {
    module.setFeatures(features);
    module.optimize();
    module.runPasses(STRIPPED);
    if (!module.validate()) throw new Error("what was made small is no valid WASM");
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}
