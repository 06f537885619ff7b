/**
 * Words that documents and messages do not use: a pattern (a space stands for any blanks), and what to write instead.
 * Textlint's rule `terminology` matches them whatever their case. `$1` is the pattern's first group.
 */
export const avoid: readonly (readonly [pattern: string, instead: string])[] = [
  // A process or a record is a thing.
  [
    "\\b(nobody|no one|noone|somebody|someone|everybody|whoever)\\b(?!')",
    "the process, the record or the reader that is meant",
  ],
  [
    "\\b(process|app|application|producer|consumer|client|broker|relay|cop(?:y|ies)|reader|writer|member|group|record|event|handler|service|command|tool|topic|cluster)(e?s)? who(m?)\\b(?!')",
    "$1$2 that",
  ],
  // Standard words.
  ["\\b(made|created) (anew|again)\\b(?!')", "recreated"],
  ["\\banew\\b(?!')", "again"],
  ["\\b(mend|mends|mended|mending)\\b(?!')", "fix"],
  ["\\breckon(s|ed|ing)?\\b(?!')", "calculation"],
  ["\\b(astray|betimes|thereof|wherein|whereof|whence|therein|thereby|hitherto|whilst)\\b(?!')", "a plain word"],
  ["\\bhow man(y)-th\\b(?!')", "the number of"],
  ["\\bin the place of\\b(?! a)", "instead of"],
  ["\\bneeds not\\b(?!')", "need not"],
  ["\\bby other hands\\b(?!')", "by another tool"],
  ["\\b(?:holds?|held) (it|them|(?:an|every|each|the|its) \\w+|records|events) against\\b(?!')", "checks $1 against"],
  ["\\b(is|are|was|were|be|been) told(?! to)\\b", "$1 reported"],
  ["\\btells (of|about)\\b(?!')", "reports"],
  ["\\bmakes? known\\b(?!')", "reports"],
  ["\\bcond(em)ns?\\b(?!')", "rejects"],
  ["\\bof its own making\\b(?!')", "of its own"],
  ["\\bas it comes\\b(?!')", "without changes"],
  // Negation belongs to the verb.
  [
    "(?<!there )\\b(is|are|was|were) no\\b(?! longer| more| less| later| earlier| need| use| way| such| matter| limit)",
    "$1 not",
  ],
  // The subject comes first.
  [
    "[.:;]\\sof (a|an|the|two|several|one|each|these|those|more|what|such|all|some)\\b(?!')",
    ", with the subject first",
  ],
  ["[.:;]\\snothing of\\b(?!')", "no part of"],
  // Numbers.
  [
    "(?<![\\d.,@/#-])1 (event|record|item|key|lane|topic|partition|replica|copie|letter|finding|file|row|message|group|relay|problem|error|warning|student|alert|check|change)s\\b(?!')",
    "1 $1",
  ],
];

/** Names as their owners write them. */
export const names: readonly string[] = [
  ...["Apache Kafka", "Debian", "GitHub", "Grafana", "JSON Schema", "Kubernetes"],
  ...["OpenAPI", "PGlite", "PostgreSQL", "Prometheus", "TypeScript"],
];
