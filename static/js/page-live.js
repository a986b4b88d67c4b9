// The one connection of this page, opened when the first element wants it.

import { connect } from "./live/connect.js";

let live;

export function pageLive() {
  live ??= connect({ url: `${location.origin.replace(/^http/, "ws")}/live`, http: location.origin });
  return live;
}
