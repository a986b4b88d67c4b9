// All tests in this page; the outcome goes into the title's document, for whoever opened it.

import { run } from "./harness.js";
import "./channel.test.js";
import "./connection.test.js";

document.body.dataset.outcome = JSON.stringify(await run());
