// One draft: kept in this browser at every pause, and on the server soon after, for all devices of its writer.
//
// `words` are what the writer sees; `base` is what the server had when we last knew, with its version. They
// differ while something is still to be sent. It asks for no page: a view shows, tells and asks.

import { bothWords, mergeWords } from "./merge.js";
import { BLANK, fromWire, isBlank, same, toWire } from "./words.js";

const PAUSE_MS = 300;
const SEND_MS = 1000;
const AGAIN_MS = 10_000;

export class Draft {
  #subject;
  #machine;
  #synced;
  #empty; // what there is where nothing was begun: for an edit what it changes, null while we do not know that
  #view = null;
  #words = null;
  #base = null;
  #theirs = null; // a newer draft between which and ours the writer has to choose
  #pause;
  #next;
  #flight = null;
  #turn = 0;
  #raced = false;
  #from; // the page that handed the words over to an ordinary form

  /** `machine`: request, read, keep, setTimeout, clearTimeout, and held(): whether words wait to be sent. */
  constructor(subject, machine, synced) {
    this.#subject = subject;
    this.#machine = machine;
    this.#synced = synced;
    this.#empty = subject.startsWith("edit:") ? null : BLANK;
  }

  /** Show it in a form that has `words`: those of `version` ("kept"), of a refused submit, or of nobody ("unknown"). */
  open(view, { words, version, state }) {
    this.#view = view;
    const record = this.#machine.read(this.#subject);
    if (state === "kept" && version === 0) this.#empty = words;
    this.#base ??= record?.base ?? this.#none;
    const ours = this.#words ?? record?.words;
    this.#words = state === "refused" && !isBlank(words) ? words : (ours ?? words);
    if (state === "kept") this.#meet({ words, version });
    else this.pull();
    if (this.#words !== words) view.show(this.#words);
    if (ours && !this.#isNothing(this.#words)) this.#tell(true);
  }

  close() {
    this.save();
    this.push();
    this.#view = null;
  }

  write(words) {
    this.#words = words;
    this.#from = undefined;
    this.#machine.clearTimeout(this.#pause);
    this.#pause = this.#machine.setTimeout(() => this.save(), PAUSE_MS);
  }

  /** Keep it here now; it goes to the server soon. */
  save() {
    if (this.#pause === undefined) return;
    this.#rest();
    this.#tell(this.#keep());
    this.#pushIn(SEND_MS);
  }

  /** The page may be going: nothing waits any longer. */
  flush() {
    this.save();
    this.push(true);
  }

  /** The words wait elsewhere to be sent; `sent` says when they are. */
  drop() {
    this.#rest();
    this.#raced = this.#flight !== null;
    this.#words = BLANK;
    this.#keep();
    this.#view?.tell("");
  }

  /** The server has them, and with them it has dropped the draft; what was begun since is a new one. */
  sent() {
    // What was on its way may have come after that.
    if (!this.#raced && !this.#flight) this.#base = this.#none;
    this.#raced = false;
    this.#keep();
    return this.push();
  }

  /** The words leave by an ordinary form: only its answer tells what became of them. */
  leave(from) {
    this.#rest();
    this.#from = from;
    this.#keep();
  }

  /** What other devices did. */
  async pull() {
    if (!this.#synced || this.#flight) return;
    const turn = this.#turn;
    const found = await this.#find();
    if (found && turn === this.#turn) this.#meet(found);
  }

  async push(keepalive = false) {
    this.#machine.clearTimeout(this.#next);
    if (this.#isBound() || !this.#hasNews()) return;
    const words = this.#words;
    const change = { ...toWire(this.#isNothing(words) ? BLANK : words), version: this.#base.version };
    this.#turn++;
    this.#flight = this.#machine.request("PUT", this.#path, change, keepalive);
    try {
      const { data } = await this.#flight;
      this.#flight = null;
      this.#base = { words, version: data.version };
      this.#tell(this.#keep());
      this.#pushIn(SEND_MS);
    } catch (refusal) {
      this.#flight = null;
      this.#refused(refusal);
    }
  }

  // One at a time, and nothing that is on another way, or that the writer has yet to choose.
  #isBound() {
    return !this.#synced || this.#flight || this.#theirs || this.#from || this.#machine.held(this.#subject);
  }

  get #none() {
    return { words: this.#empty ?? BLANK, version: 0 };
  }

  get #path() {
    return `/drafts/${this.#subject}`;
  }

  async #find() {
    try {
      return fromWire((await this.#machine.request("GET", this.#path)).data);
    } catch (refusal) {
      return refusal.status === 404 ? { words: this.#empty ?? this.#base.words, version: 0 } : null;
    }
  }

  #refused(refusal) {
    if (refusal.status === undefined) throw refusal;
    if (refusal.status === 409 && refusal.data) return this.#meet(fromWire(refusal.data));
    this.#view?.tell(this.#isNothing(this.#words) ? "" : "Draft saved in this browser");
    if (refusal.passing || refusal.waitMs) this.#pushIn(refusal.waitMs ?? AGAIN_MS);
  }

  // What the server has now, beside what the writer has here.
  #meet(theirs) {
    const known = theirs.version === this.#base.version || this.#isNothing(theirs.words);
    if (same(theirs.words, this.#words)) return this.#settle(this.#words, theirs);
    if (!this.#isChanged()) return this.#settle(theirs.words, theirs);
    if (known) return this.#settle(this.#words, theirs);
    const merged = mergeWords(this.#base.words, this.#words, theirs.words);
    if (merged) return this.#settle(merged, theirs);
    this.#ask(theirs);
  }

  #ask(theirs) {
    this.#theirs = theirs;
    this.#view?.ask(theirs.words, (choice) => {
      const chosen = { mine: this.#words, theirs: theirs.words, both: bothWords(this.#words, theirs.words) };
      this.#settle(chosen[choice], theirs);
    });
  }

  #settle(words, base) {
    const shown = this.#words;
    this.#theirs = null;
    this.#words = words;
    this.#base = base;
    const kept = this.#keep();
    if (words !== shown) this.#view?.show(words);
    this.#tell(kept);
    this.#pushIn(SEND_MS);
  }

  // False where the browser keeps nothing.
  #keep() {
    const over = this.#isNothing(this.#words) && this.#isNothing(this.#base.words);
    return this.#machine.keep(this.#subject, over ? null : { words: this.#words, base: this.#base, from: this.#from });
  }

  #tell(kept) {
    this.#view?.tell(kept && !this.#isNothing(this.#words) ? "Draft saved" : "");
  }

  #pushIn(ms) {
    this.#machine.clearTimeout(this.#next);
    if (this.#synced && this.#hasNews()) this.#next = this.#machine.setTimeout(() => this.push(), ms);
  }

  #rest() {
    this.#machine.clearTimeout(this.#pause);
    this.#machine.clearTimeout(this.#next);
    this.#pause = undefined;
  }

  #hasNews() {
    return this.#isChanged() && !(this.#isNothing(this.#words) && this.#isNothing(this.#base.words));
  }

  #isChanged() {
    return !same(this.#words, this.#base.words);
  }

  #isNothing(words) {
    return isBlank(words) || (this.#empty !== null && same(words, this.#empty));
  }
}
