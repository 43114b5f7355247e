// Bundles the style sheet and the scripts, names each by the hash of its content, and compresses it.
// Called by build.rs as `node build.mjs OUT_DIR`; writes OUT_DIR/manifest.txt with one line per file:
// logical name, served name, content type.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const out = process.argv[2];
if (!out) {
  console.error("usage: node build.mjs OUT_DIR");
  process.exit(2);
}
mkdirSync(out, { recursive: true });

const entries = [
  { source: "css/app.css", name: "app.css", type: "text/css; charset=utf-8" },
  { source: "js/app.js", name: "app.js", type: "text/javascript; charset=utf-8" },
  { source: "js/chart.js", name: "chart.js", type: "text/javascript; charset=utf-8" },
];

const lines = [];
for (const { source, name, type } of entries) {
  const result = await build({
    entryPoints: [source],
    bundle: true,
    minify: true,
    format: "iife",
    target: ["chrome87", "firefox88", "safari15"],
    legalComments: "eof",
    write: false,
    logLevel: "warning",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const bytes = Buffer.from(result.outputFiles[0].contents);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const dot = name.lastIndexOf(".");
  const served = `${name.slice(0, dot)}.${hash}${name.slice(dot)}`;
  writeFileSync(join(out, served), bytes);
  writeFileSync(join(out, `${served}.gz`), gzipSync(bytes, { level: 9 }));
  lines.push(`${name}\t${served}\t${type}`);
}
writeFileSync(join(out, "manifest.txt"), lines.join("\n") + "\n");
