// The lists that are kept fresh by loads of their pages; what stands on these pages alone is fetched by them alone.

import { LiveCases } from "./live-cases.js";
import { LiveNotifications } from "./live-notifications.js";

customElements.define("live-cases", LiveCases);
customElements.define("live-notifications", LiveNotifications);
