// The cleaning step for every text on input. src/core/text.rs (the reasons for each rule are there) and sec.clean in
// the database give the same results; tests/golden/text.json pins all three. Passwords skip this step.

const PLAIN = /^(?:[!-~]+(?: [!-~]+)*)?$/;
const DROPPED = /[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufff9-\ufffb\ufdd0-\ufdef\u{13430}-\u{1343f}]|[^\P{Default_Ignorable_Code_Point}\u200d]|\p{Noncharacter_Code_Point}/gu;
/** A joiner, with the emoji on its two sides, if any. */
const JOINER = /([\u2194\u2195\u2600-\u27bf\u2b00-\u2bff\u{1f000}-\u{1faff}])?\u200d(?=([\u2194\u2195\u2600-\u27bf\u2b00-\u2bff\u{1f000}-\u{1faff}])?)/gu;
const BLANKS = /[\p{White_Space}\u2800]+/gu;
const BARE_MARKS = /(^| )[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+/g;

/** A text as it is stored: composed, without invisible characters, each run of blanks one space, none at either end. */
export function clean(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replace(/\0|\p{Surrogate}/gu, "\ufffd")
    .replace(DROPPED, "")
    .replace(JOINER, (joined: string, before?: string, after?: string) => (before !== undefined && after !== undefined ? joined : (before ?? "")))
    .replace(BLANKS, " ")
    .replace(BARE_MARKS, "$1")
    .replace(/ +/g, " ")
    .replace(/^ | $/g, "")
    .normalize("NFC");
}
