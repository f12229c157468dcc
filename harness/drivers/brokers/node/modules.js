/**
 * Modules of npm: those of this folder, or those that `npm install --global` has installed.  The
 * variable PSQ_NODE_MODULES names another folder instead.
 */

import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const { dependencies } = JSON.parse(fs.readFileSync(new URL("package.json", import.meta.url)));
// The last two are where npm puts what is global: Debian's, and that of other packages of Node.
const FOLDERS = process.env.PSQ_NODE_MODULES
  ? [process.env.PSQ_NODE_MODULES]
  : [
      fileURLToPath(new URL(".", import.meta.url)),
      "/usr/local/lib/node_modules",
      path.join(process.execPath, "../../lib/node_modules"),
    ];

/**
 * Loads modules by their names.  Where one is missing the program ends with status 64, and says on
 * standard error what to install.
 */
export function load(...names) {
  return names.map((name) => found(name) ?? missing(name, names));
}

/** The version of a module that is there. */
export function versionOf(name) {
  return found(`${name}/package.json`).version;
}

function found(name) {
  for (const folder of FOLDERS) {
    const find = createRequire(path.join(folder, "any"));
    try {
      find.resolve(name);
    } catch {
      continue;
    }
    return find(name);
  }
  return undefined;
}

function missing(name, names) {
  const wanted = names.map((each) => `${each}@${dependencies[each]}`).join(" ");
  console.error(`${name} is not installed: npm install --global ${wanted}, or name its folder in PSQ_NODE_MODULES`);
  process.exit(64);
}
