// Finding presets by whatever somebody has in hand: a rule id, words of a
// title, a status code, a symptom, or an error text pasted from a console.
//
// A typed query narrows: each of its words has to begin some word of the
// preset, of its rule, or of one symptom. A pasted error text is longer than
// anything in the catalog, so the other direction counts too: a symptom whose
// words stand in the query, in their order, is a hit. Best with its numbers;
// but numbers and single letters in a symptom are places that vary ("bad
// opcode 7"), so it counts without them as well.

/** Answers [{preset, symptom|null}], the best first; symptom is the one that matched. */
export function searchPresets(catalog, query) {
  const wanted = plain(query);
  if (wanted === "") return catalog.presets.map((preset) => ({ preset, symptom: null }));
  const words = wanted.split(" ");
  const rules = new Map(catalog.rules.map((rule) => [rule.id, rule]));

  const bySymptom = new Map();
  for (const symptom of catalog.symptoms) {
    const score = symptomScore(symptom, wanted, words);
    if (score === 0) continue;
    for (const rule of symptom.rules) {
      if (score > (bySymptom.get(rule)?.score ?? 0)) bySymptom.set(rule, { symptom, score });
    }
  }

  const hits = [];
  catalog.presets.forEach((preset, order) => {
    const own = presetScore(preset, rules.get(preset.rule), wanted, words);
    const other = bySymptom.get(preset.rule) ?? { symptom: null, score: 0 };
    const score = Math.max(own, other.score);
    if (score > 0) hits.push({ preset, symptom: other.score > own ? other.symptom : null, score, order });
  });
  hits.sort((a, b) => b.score - a.score || a.order - b.order);
  return hits.map(({ preset, symptom }) => ({ preset, symptom }));
}

function presetScore(preset, rule, wanted, words) {
  if (plain(preset.rule) === wanted || plain(preset.title) === wanted) return 100;
  const strong = ` ${plain(preset.title)} ${plain(preset.rule)} ${plain(preset.id)}`;
  if (strong.includes(` ${wanted}`)) return 60;
  const weak = `${strong} ${plain(preset.text)} ${plain(rule?.asks ?? "")} ${rule?.statusCode ?? ""} ${plain(rule?.section ?? "")}`;
  if (words.every((word) => strong.includes(` ${word}`))) return 50;
  return words.every((word) => weak.includes(` ${word}`)) ? 20 : 0;
}

function symptomScore(symptom, wanted, words) {
  const says = plain(symptom.says);
  if (` ${wanted} `.includes(` ${says} `)) return 92 + Math.min(7, says.length / 8);
  const fixed = says.split(" ").filter((word) => word.length > 1 && !/^\d+$/.test(word)).join(" ");
  const loose = ` ${words.filter((word) => word.length > 1 && !/^\d+$/.test(word)).join(" ")} `;
  if (fixed !== "" && loose.includes(` ${fixed} `)) return 70 + Math.min(20, fixed.length / 4);
  const whole = ` ${plain(symptom.who)} ${says}`;
  if (wanted.length > 2 && whole.includes(` ${wanted}`)) return 55;
  return words.every((word) => whole.includes(` ${word}`)) ? 40 : 0;
}

/** Lower case, only letters and digits, single spaces. */
function plain(text) {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
