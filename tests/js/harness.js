// `test` and `equal` for files that run under `node --test` and, with run.js, in a page.

const inNode = typeof process !== "undefined";
const cases = [];

export const test = inNode
  ? (await import("node:test")).test
  : (name, act) => cases.push({ name, act });

export function equal(actual, expected, what = "") {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (got !== wanted) throw new Error(`${what} got ${got}, wanted ${wanted}`);
}

export function ok(value, what = "this should hold") {
  if (!value) throw new Error(what);
}

/** Run what was registered; the names of the passed ones and the messages of the failed ones. */
export async function run() {
  const passed = [];
  const failed = [];
  for (const { name, act } of cases) {
    try {
      await act();
      passed.push(name);
    } catch (error) {
      failed.push(`${name}: ${error.message}`);
    }
  }
  return { passed, failed };
}
