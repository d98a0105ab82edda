"use strict";
// The table of many cases. The data has everything that cases share once: texts are patterns, in which letters of
// Unicode's private area stand for the values of the case. Nothing of it is ever taken for markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const element = (id) => document.getElementById(id);
  const NUMBER = 0xe000, VALUE = 0xe400, DATE = 0xf000, END = 0xf400;
  const VERDICTS = ["ready", "not_ready", "needs_information", "not_applicable"];
  const WORST = [2, 0, 1, 3];
  const OUTCOMES = ["met", "violated", "advised", "concluded", "silent", "unknown", "not_applicable"];
  const SEVERITIES = ["blocking", "warning", "note"];
  const VERDICT_MARKS = ["check", "cross", "question", "dash"];
  const SEVERITY_MARKS = ["cross", "triangle", "info"];
  const TRUTH_MARKS = ["yes", "no", "unknown", "skipped"];
  const VIOLATED = 1, ADVISED = 2, UNKNOWN = 5;
  const MOST_PIXELS = 8000000;

  let language = 0;
  const words = () => data.words[data.languages[language]];

  // --- texts of a case ---

  const day = (iso) => {
    const [year, month, date] = iso.split("-").map(Number);
    const parts = { MMMM: words().months[month - 1], M: month, d: date, y: year };
    return words().date.replace(/MMMM|M|d|y/g, (part) => parts[part]);
  };

  // Reads a case from its beginning; its numbers are taken in the order in which its texts have them.
  class Case {
    constructor(index) {
      this.index = index;
      const [values, numbers] = data.cases[index].split("\n");
      [this.name, ...this.values] = values.split("\t");
      this.numbers = numbers.split("\t");
      this.at = 0;
      [this.verdict, this.rulebook, this.day, this.subjects, this.findings, this.missing, this.notices, this.ofSubject] =
        data.situations[data.situation[index]];
      this.shown = this.ofSubject ? this.values[this.subjects[0][2]] : this.name;
    }
    // of a row about a subject: its kind, and the case where there are several
    get kind() { return this.ofSubject ? this.text(this.subjects[0][1]) : ""; }
    get of() { return this.ofSubject && data.several ? this.name : ""; }
    text(number) {
      if (number < 0) return "";
      const text = data.texts[number];
      const from = this.at;
      this.at += text[0];
      const pattern = text[1 + Math.min(language, text.length - 2)];
      if (text[0] === 0 && !/[\ue000-\uf8ff]/.test(pattern)) return pattern;
      let whole = "";
      for (const letter of pattern) {
        const code = letter.codePointAt(0);
        if (code < NUMBER || code >= END) whole += letter;
        else if (code < VALUE) whole += this.numbers[from + code - NUMBER];
        else if (code < DATE) whole += this.values[code - VALUE];
        else whole += day(this.values[code - DATE]);
      }
      return whole;
    }
    place(at) {
      if (typeof at === "number") return { at: "", none: [words().no_place, words().derived, words().not_stated][at + 3] };
      if (!this.values[at[1]]) return { at: at[0], none: "" };
      let [line, column] = this.values[at[1]].split(":");
      this.line = this.line || line;
      return { at: `${at[0]}:${line || this.line}:${column}`, none: "" };
    }
    read() {
      this.at = 0;
      const subjects = this.subjects.map(([, label, ref, verdict, facts]) => ({
        kind: this.text(label), ref: this.values[ref], verdict: words().verdicts[verdict],
        tone: VERDICTS[verdict], mark: VERDICT_MARKS[verdict],
        facts: facts.map((number) => {
          const [field, name, shown, at] = data.facts[number];
          return { field, label: this.text(name), shown: this.text(shown) || words().empty, ...this.place(at) };
        }),
      }));
      const findings = this.findings.map((number) => this.finding(number));
      const missing = this.missing.map((number) => {
        const [kind, ref, field, label, ask, note, instead, needed] = data.missing[number];
        return {
          kind: this.text(kind), ref: this.values[ref], field, label: this.text(label), ask: this.text(ask),
          note: this.text(note), instead: instead && words().instead.replace("{field}", instead),
          needed: needed.map((title) => this.text(title)).join(words().between),
        };
      });
      const notices = this.notices.map((number) => ({ text: this.text(number) }));
      return { subjects, findings, missing, notices };
    }
    finding(number) {
      const [rule, ref, outcome, message, remedy, tests, gap] = data.findings[number];
      const [name, title, kind, severity, sources, lacking] = data.rules[rule];
      const told = {
        rule: name, title: this.text(title), kind: this.text(kind), ref: this.values[ref], outcome, rank: severity,
        severity: words().telling.includes(outcome) ? words().severities[severity] : "",
        tone: outcome === UNKNOWN ? "unknown" : SEVERITIES[severity],
        mark: outcome === UNKNOWN ? "question" : SEVERITY_MARKS[severity],
        message: this.text(message), remedy: this.text(remedy),
      };
      told.text = told.message;
      if (told.message === told.title) told.message = "";
      if (!words().calling.includes(outcome)) told.remedy = "";
      told.tests = tests.map((number) => {
        const [test, truth, shown, at] = data.tests[number];
        return {
          test: this.text(test), truth: words().truths[truth], mark: TRUTH_MARKS[truth],
          tone: truth === 3 ? "skipped" : "", shown: this.text(shown) || words().empty, ...this.place(at),
        };
      });
      const what = gap ? this.text(lacking[0]) : "";
      return { ...told, gap, what, covered_by: lacking[1], sources: sources.map((source) => this.source(source)) };
    }
    source(source) {
      const [title, section, publisher, updated, url, says] = source;
      const published = [this.text(publisher), updated && words().updated.replace("{date}", day(updated))];
      const found = published.filter(Boolean).join(words().between);
      return {
        title: this.text(title), section: this.text(section) && words().between + this.text(section), url,
        unlinked: !url, published: found && `(${found})`, says: says.map((number) => ({ text: this.text(number) })),
      };
    }
  }

  // --- an opened case ---

  const fill = (node, told) => {
    for (const child of [...node.children]) {
      const { if: condition, each, text, tone, mark, link, start } = child.dataset;
      if (each !== undefined) {
        const items = told[each] || [];
        child.removeAttribute("data-each");
        for (const item of items) {
          const copy = child.cloneNode(true);
          const shell = document.createDocumentFragment();
          shell.append(copy);
          fill(shell, item);
          child.before(shell);
        }
        child.remove();
        continue;
      }
      const value = condition === undefined || told[condition];
      if (!value || (Array.isArray(value) && !value.length)) {
        child.remove();
        continue;
      }
      if (text !== undefined) child.textContent = told[text];
      if (tone !== undefined && told[tone]) child.classList.add(told[tone] === "skipped" ? "skipped" : `tone-${told[tone]}`);
      if (mark !== undefined) child.setAttribute("href", `#mark-${told[mark]}`);
      if (start !== undefined) child.start = told[start];
      if (link !== undefined) child.href = told[link];
      if (text === undefined) fill(child, told);
    }
  };

  const groups = (findings, outcomes) =>
    outcomes.flatMap((outcome) => {
      const found = findings.filter((finding) => finding.outcome === outcome && !finding.gap);
      const told = [{ heading: words().outcomes[outcome], lead: words().leads[outcome], count: found.length, findings: found }];
      if (outcome === UNKNOWN) {
        const gaps = uncovered(findings);
        told.push({ heading: words().not_covered, count: gaps.length, findings: [], gaps });
      }
      return told;
    }).filter((group) => group.count);

  // what the edition does not cover, each thing once, however many need it
  const uncovered = (findings) => {
    const found = new Map();
    for (const { gap, what, covered_by, kind, ref } of findings.filter((one) => one.gap)) {
      const key = `${what}\n${covered_by}`;
      if (!found.has(key)) found.set(key, { what, covered_by, sure: [], maybe: [] });
      found.get(key)[gap === 2 ? "sure" : "maybe"].push({ kind, ref });
    }
    return [...found.values()].map(({ what, covered_by, sure, maybe }) => ({
      what: what.slice(0, 1).toUpperCase() + what.slice(1), sure: sure.length,
      covered: covered_by ? words().covered_by.replaceAll("{edition}", covered_by) : words().covered_nowhere,
      needed: [
        { label: words().needed_by, subjects: sure }, { label: words().maybe_needed_by, subjects: maybe },
      ].filter((one) => one.subjects.length),
    }));
  };

  const steps = (findings) => {
    const found = new Map();
    for (const finding of findings.filter((one) => one.outcome === VIOLATED)) {
      const text = finding.remedy || finding.text;
      const key = `${finding.remedy ? 1 : 0}${text}`;
      if (!found.has(key)) found.set(key, { text, bare: !finding.remedy, findings: [] });
      found.get(key).findings.push(finding);
    }
    return [...found.values()];
  };

  const counted = (forms, number) => {
    const form = new Intl.PluralRules(words().tag).select(number);
    return (forms[form] || forms.other).replace("{number}", format(number));
  };
  const sentences = (verdict, findings, missing, ofSubject) => {
    const violated = findings.filter((finding) => finding.outcome === VIOLATED);
    const blocking = violated.filter((finding) => finding.rank === 0).length, others = violated.length - blocking;
    const told = [verdict === 1 ? counted(words().blocked, blocking)
      : verdict === 3 && ofSubject ? words().subject_not_applicable : words().sentences[verdict]];
    if (others) told.push(counted(words().other_points, others));
    const gaps = uncovered(findings).filter((one) => one.sure).length;
    if (gaps) told.push(counted(words().gaps, gaps));
    if (missing) told.push(counted(words().also_missing, missing));
    return told.map((text, at) => ({ text: at + 1 < told.length ? text + words().sentence_space : text }));
  };

  const whole = (index) => {
    const one = new Case(index);
    const { subjects, findings, missing, notices } = one.read();
    const sorted = [...findings].sort((left, right) => left.rank - right.rank);
    const [name, title, edition, digest, complete, engine] = data.rulebooks[one.rulebook];
    const rulebook = one.text(title), as_of = day(one.values[one.day]);
    const todo = steps(sorted), passes = one.verdict === 0 || one.verdict === 3;
    const nothing = !todo.length && !missing.length && passes, stuck = !todo.length && !missing.length && !passes;
    const gaps = findings.some((finding) => finding.gap);
    const advised = findings.some((finding) => finding.outcome === ADVISED);
    const checked = words().checked.replace("{as_of}", as_of).replace("{rulebook}", () => rulebook).replace("{edition}", edition);
    const others = Boolean(one.ofSubject) && one.verdict === 2 && stuck && !gaps;
    return {
      case: one.shown, label: one.kind || words().case, of: one.of, others, verdict: words().verdicts[one.verdict], tone: VERDICTS[one.verdict], mark: VERDICT_MARKS[one.verdict],
      sentences: sentences(one.verdict, findings, missing.length, one.ofSubject), start: todo.length + 1,
      gaps: gaps && (nothing || stuck), helpless: stuck && !gaps && !others,
      checked, partial: !complete && words().not_complete.replaceAll("{edition}", edition), notices, steps: todo, missing,
      nothing: nothing && !gaps && !advised, read: nothing && !gaps && advised,
      groups: groups(sorted, words().telling), evidence: groups(sorted, words().evidence), subjects,
      rulebook, name, edition, as_of, engine, digest,
    };
  };

  const dialog = element("opened");
  let opened = -1;
  const open = (position) => {
    opened = position;
    const code = data.languages[language];
    const template = element(`opened-${code}`);
    const copy = template.content.cloneNode(true);
    fill(copy, whole(shown[position].index));
    const place = element("opened-case");
    place.lang = template.dataset.lang;
    place.replaceChildren(copy);
    element("previous").disabled = position === 0;
    element("next").disabled = position === shown.length - 1;
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    element("opened-title").focus();
  };
  element("previous").addEventListener("click", () => open(opened - 1));
  element("next").addEventListener("click", () => open(opened + 1));
  element("close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    element("opened-case").replaceChildren();
    active = opened;
    bring(active);
    draw();
    focusActive();
  });

  // --- rows ---

  const verdictOf = data.situations.map((situation) => situation[0]);
  const counts = data.situations.map(([, , , , findings, missing]) => ({
    violated: findings.filter((number) => data.findings[number][2] === VIOLATED).length, missing: missing.length,
  }));
  // which rules came out how in each situation: "rule outcome" to the places of the findings
  const places = data.situations.map(([, , , , findings]) => {
    const found = new Map();
    findings.forEach((number, place) => {
      const key = `${data.rules[data.findings[number][0]][0]} ${OUTCOMES[data.findings[number][2]]}`;
      if (!found.has(key)) found.set(key, []);
      found.get(key).push(place);
    });
    return found;
  });
  let lowered = null;

  const scroller = element("rows"), body = scroller.querySelector("tbody"), head = scroller.querySelector("thead");
  let rows = [], shown = [], active = 0;
  let sorted = { by: "", up: true };
  const state = { search: "", verdict: "", kind: "", rule: "" };
  // the kinds of the rows about subjects, as the numbers of their names
  const kindOf = data.situations.map(([, , , subjects, , , , ofSubject]) => (ofSubject ? subjects[0][1] : -1));
  const kinds = [...new Set(kindOf)].filter((kind) => kind >= 0);

  // where the numbers of each finding of a situation begin, so that one can be read without those before it
  const begins = new Map();
  const beginsOf = (situation) => {
    if (!begins.has(situation)) {
      const numbers = (text) => (text < 0 ? 0 : data.texts[text][0]);
      const sum = (values) => values.reduce((left, right) => left + right, 0);
      const [, , , subjects, findings] = data.situations[situation];
      let at = sum(subjects.flatMap(([, label, , , facts]) => [
        numbers(label), ...facts.map((fact) => numbers(data.facts[fact][1]) + numbers(data.facts[fact][2])),
      ]));
      begins.set(situation, findings.map((finding) => {
        const from = at, [, , , message, remedy, tests] = data.findings[finding];
        at += numbers(message) + numbers(remedy);
        at += sum(tests.map((test) => numbers(data.tests[test][0]) + numbers(data.tests[test][2])));
        return from;
      }));
    }
    return begins.get(situation);
  };
  const findingOf = (row) => {
    const one = new Case(row.index);
    one.at = beginsOf(data.situation[row.index])[row.place];
    return one.finding(one.findings[row.place]);
  };

  const select = () => {
    const wanted = state.verdict === "" ? -1 : Number(state.verdict);
    const text = state.search.trim().toLowerCase();
    if (text && !lowered) lowered = data.cases.map((line) => line.slice(0, line.indexOf("\n")).toLowerCase());
    rows = [];
    for (let index = 0; index < data.cases.length; index++) {
      const situation = data.situation[index];
      if (wanted >= 0 && verdictOf[situation] !== wanted) continue;
      if (state.kind !== "" && kindOf[situation] !== Number(state.kind)) continue;
      if (text && !lowered[index].includes(text)) continue;
      if (!state.rule) rows.push({ index, place: -1 });
      else for (const place of places[situation].get(state.rule) || []) rows.push({ index, place });
    }
    order();
  };

  const keyOf = (row) => {
    const situation = data.situation[row.index];
    switch (sorted.by) {
      case "case": return new Case(row.index).shown;
      case "verdict": return WORST.indexOf(verdictOf[situation]);
      case "violated": return counts[situation].violated;
      case "missing": return counts[situation].missing;
      case "value": return row.value;
      default: return row.index;
    }
  };

  // The value that a rule looked at last; of a rule that says a number, that is what rows are sorted by.
  const valueOf = (row) => {
    const { tests, text } = findingOf(row);
    const test = [...tests].reverse().find((one) => one.tone !== "skipped" && /\d/.test(one.shown));
    if (test) return { shown: test.shown, number: numberIn(test.shown) };
    const found = text.replace(/[A-Za-z][\w-]*\d[\w-]*/g, "").match(/-?\d[\d,.]*/);
    return { shown: found ? found[0].replace(/[.,]$/, "") : "", number: found ? numberIn(found[0]) : -Infinity };
  };
  const numberIn = (text) => {
    const found = text.match(/-?\d[\d,]*(?:\.\d+)?/);
    return found ? Number(found[0].replaceAll(",", "")) : -Infinity;
  };

  const order = () => {
    shown = rows;
    if (sorted.by) {
      if (sorted.by === "value") for (const row of rows) row.value = valueOf(row).number;
      const keys = rows.map((row, at) => [keyOf(row), at]);
      const sign = sorted.up ? 1 : -1;
      keys.sort((left, right) => (left[0] < right[0] ? -sign : left[0] > right[0] ? sign : left[1] - right[1]));
      shown = keys.map(([, at]) => rows[at]);
    }
    active = 0;
    scroller.scrollTop = 0;
    tell();
    draw();
  };

  const format = (number) => new Intl.NumberFormat(words().tag).format(number);
  const tell = () => {
    const told = counted(words().rows, shown.length);
    const all = shown.length < data.cases.length || state.rule;
    element("found").textContent = all ? words().of_rows.replace("{shown}", told).replace("{all}", format(data.cases.length)) : told;
  };

  // --- drawing: only the rows that are seen, between two empty ones that hold the room of the others ---

  const rowHeight = () => (matchMedia("(max-width: 40rem)").matches ? 104 : 48);
  const geometry = () => {
    const height = rowHeight(), view = scroller.clientHeight - head.offsetHeight;
    const fits = Math.max(1, Math.ceil(view / height)), natural = shown.length * height;
    return { height, view, fits, total: Math.min(natural, MOST_PIXELS), natural };
  };
  const firstRow = ({ height, view, total, natural }) => {
    const top = scroller.scrollTop;
    if (natural <= MOST_PIXELS) return Math.floor(top / height);
    return Math.floor((top / Math.max(1, total - view)) * Math.max(0, shown.length - Math.floor(view / height)));
  };
  const bring = (position) => {
    const seen = geometry(), from = firstRow(seen), whole = Math.max(1, Math.floor(seen.view / seen.height));
    if (position >= from && position < from + whole) return;
    const first = position < from ? position : position - whole + 1;
    scroller.scrollTop = seen.natural <= MOST_PIXELS ? first * seen.height
      : (first / Math.max(1, shown.length - whole)) * (seen.total - seen.view);
  };

  const cell = (name, text) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const isolated = (text) => {
    const made = cell("bdi", text);
    made.dir = "auto";
    return made;
  };
  const markOf = (name) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("class", "mark");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `#mark-${name}`);
    svg.append(use);
    return svg;
  };
  // the first finding that decides the verdict; what passes needs no reason, and its advice is called by its severity
  const reason = (one, findings) => {
    const deciding = [, VIOLATED, UNKNOWN][one.verdict];
    if (deciding) return findings.find((finding) => finding.outcome === deciding && finding.rank === 0)?.text ?? "";
    const noted = findings.filter((finding) => words().calling.includes(finding.outcome));
    noted.sort((left, right) => left.rank - right.rank);
    return noted.length ? `${noted[0].severity}${words().label_mark}${noted[0].text}` : "";
  };

  const rowOf = (position) => {
    const row = shown[position], one = new Case(row.index), { findings } = one.read();
    const line = cell("tr");
    line.setAttribute("aria-rowindex", position + 2);
    line.dataset.position = position;
    const name = cell("th"), button = cell("button");
    name.scope = "row";
    button.type = "button";
    button.tabIndex = position === active ? 0 : -1;
    button.append(isolated(one.shown || "–"));
    name.append(button);
    const below = one.ofSubject ? [one.kind, one.of].filter(Boolean) : row.place >= 0 ? [findings[row.place].ref] : [];
    if (below.length) {
      const quiet = cell("span");
      quiet.className = "quiet";
      below.forEach((text, at) => quiet.append(at ? words().between : "", isolated(text)));
      name.append(quiet);
    }
    const verdict = cell("td"), label = cell("span");
    label.className = `label tone-${VERDICTS[one.verdict]}`;
    label.append(markOf(VERDICT_MARKS[one.verdict]), words().verdicts[one.verdict]);
    verdict.append(label);
    const why = cell("td");
    why.className = "why";
    why.append(isolated(row.place >= 0 ? findings[row.place].text : reason(one, findings)));
    line.append(name, verdict, why);
    const numbers = row.place >= 0 ? [valueOf(row).shown] : [counts[data.situation[row.index]].violated, counts[data.situation[row.index]].missing];
    for (const number of numbers) {
      const made = cell("td", number);
      made.className = "number";
      line.append(made);
    }
    return line;
  };

  const room = (pixels) => {
    const made = cell("tr");
    made.setAttribute("aria-hidden", "true");
    made.className = "room";
    made.style.height = `${pixels}px`;
    return made;
  };

  const draw = () => {
    const seen = geometry(), over = 4;
    const from = Math.max(0, Math.min(firstRow(seen), shown.length - seen.fits));
    const first = Math.max(0, from - over), last = Math.min(shown.length, from + seen.fits + over);
    const drawn = [];
    for (let position = first; position < last; position++) drawn.push(rowOf(position));
    let above = first * seen.height;
    if (seen.natural > MOST_PIXELS) above = Math.max(0, scroller.scrollTop - (from - first) * seen.height);
    const below = Math.max(0, seen.total - above - drawn.length * seen.height);
    const had = body.contains(document.activeElement);
    scroller.querySelector("table").setAttribute("aria-rowcount", shown.length + 1);
    if (!shown.length) {
      const none = cell("tr"), only = cell("td", data.words[data.languages[language]].no_rows);
      only.colSpan = 6;
      none.append(only);
      drawn.push(none);
    }
    body.replaceChildren(room(above), ...drawn, room(below));
    if (had) focusActive();
  };
  const focusActive = () => {
    const button = body.querySelector(`tr[data-position="${active}"] button`);
    if (button) button.focus({ preventScroll: true });
  };

  let waiting = 0;
  scroller.addEventListener("scroll", () => {
    if (!waiting) waiting = requestAnimationFrame(() => { waiting = 0; draw(); });
  }, { passive: true });
  addEventListener("resize", () => draw());

  body.addEventListener("click", (event) => {
    const line = event.target.closest("tr[data-position]");
    if (line && !String(getSelection())) {
      active = Number(line.dataset.position);
      open(active);
    }
  });
  scroller.addEventListener("keydown", (event) => {
    if (event.target.closest("thead")) return;
    const page = Math.max(1, geometry().fits - 1);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -shown.length, End: shown.length };
    if (!(event.key in moves) || !shown.length) return;
    event.preventDefault();
    const inside = body.contains(event.target);
    active = inside ? Math.max(0, Math.min(shown.length - 1, active + moves[event.key])) : active;
    bring(active);
    draw();
    focusActive();
  });

  // --- filters ---

  const option = (value, text) => {
    const made = cell("option", text);
    made.value = value;
    return made;
  };
  const title = (name) => {
    const rule = data.rules.find((one) => one[0] === name);
    const text = data.texts[rule[1]];
    return text[1 + Math.min(language, text.length - 2)];
  };
  const used = new Map(["violated", "unknown", "advised"].map((outcome) => [outcome, []]));
  for (const found of places) {
    for (const key of found.keys()) {
      const [name, outcome] = key.split(" ");
      if (used.has(outcome) && !used.get(outcome).includes(name)) used.get(outcome).push(name);
    }
  }
  const labels = () => {
    const verdicts = [...new Set(verdictOf)].sort((left, right) => WORST.indexOf(left) - WORST.indexOf(right));
    element("verdict").replaceChildren(option("", words().all_verdicts), ...verdicts.map((one) => option(one, words().verdicts[one])));
    element("verdict").value = state.verdict;
    const named = (kind) => { const text = data.texts[kind]; return text[1 + Math.min(language, text.length - 2)]; };
    element("kind").replaceChildren(option("", words().all_kinds), ...kinds.map((kind) => option(kind, named(kind))));
    element("kind").value = state.kind;
    element("kind").parentElement.hidden = kinds.length < 2;
    const made = [option("", words().all_rules)];
    for (const [outcome, names] of used) {
      if (!names.length) continue;
      const group = cell("optgroup");
      group.label = words().outcomes[OUTCOMES.indexOf(outcome)];
      group.append(...names.map((name) => option(`${name} ${outcome}`, title(name))));
      made.push(group);
    }
    element("rule").replaceChildren(...made);
    element("rule").value = state.rule;
    element("search").placeholder = words().search_hint;
  };
  const columns = () => {
    for (const column of head.querySelectorAll("[data-of]")) column.hidden = (column.dataset.of === "rule") !== Boolean(state.rule);
    const gone = state.rule ? ["violated", "missing"] : ["value"];
    if (gone.includes(sorted.by)) sorted = { by: "", up: true };
    for (const button of head.querySelectorAll("button")) {
      const mine = button.dataset.sort === sorted.by;
      button.closest("th").setAttribute("aria-sort", mine ? (sorted.up ? "ascending" : "descending") : "none");
    }
  };
  const change = (what) => {
    Object.assign(state, what);
    columns();
    select();
  };

  let typing = 0;
  element("search").addEventListener("input", (event) => {
    clearTimeout(typing);
    typing = setTimeout(() => change({ search: event.target.value }), 120);
  });
  element("verdict").addEventListener("change", (event) => change({ verdict: event.target.value }));
  element("kind").addEventListener("change", (event) => change({ kind: event.target.value }));
  element("rule").addEventListener("change", (event) => change({ rule: event.target.value }));
  element("clear").addEventListener("click", () => {
    element("search").value = "";
    change({ search: "", verdict: "", kind: "", rule: "" });
    labels();
  });
  head.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const by = button.dataset.sort;
    sorted = { by, up: sorted.by === by ? !sorted.up : true };
    columns();
    order();
  });
  for (const button of document.querySelectorAll("button[data-rule]")) {
    button.addEventListener("click", () => {
      change({ rule: `${button.dataset.rule} ${button.dataset.outcome}`, verdict: "", kind: "" });
      labels();
      element("all-cases").focus();
      element("all-cases").scrollIntoView();
    });
  }

  const take = () => {
    const tag = document.documentElement.lang;
    language = Math.max(0, data.languages.findIndex((code) => data.words[code].tag === tag));
    labels();
    tell();
    draw();
  };
  document.addEventListener("language", take);
  document.querySelector(".cases").hidden = false;
  document.querySelector(".filters").hidden = false;
  scroller.hidden = false;
  columns();
  select();
  take();
  document.documentElement.dataset.ready = "yes";
})();
