import { pictures } from "../pictures/promises.js";
import { textOf } from "./guides.js";
import type { SourcePage } from "./page.js";
import type { Product } from "./product.js";

const links = [
  {
    title: "Start in ten minutes",
    text: "From an empty folder, or an existing service, to your first event.",
    to: "guides/own-contract.md",
  },
  {
    title: "What is promised",
    text: "Ten promises, each with a picture, what it does not promise, and its tests.",
    to: "promises/README.md",
  },
  {
    title: "Coming from kafkajs",
    text: "Each call and its counterpart. Also from Kafka Streams, Spring Kafka, an outbox table.",
    to: "guides/from-kafkajs.md",
  },
  {
    title: "Questions and answers",
    text: "Order across topics, failures, tests, copies, what is not promised.",
    to: "guides/questions.md",
  },
  {
    title: "Operate it",
    text: "Metrics, alerts, dead letters, deploys, Kubernetes.",
    to: "operations/README.md",
  },
  {
    title: "An example contract",
    text: "The events of a class: every topic, key and field, with calls to copy.",
    to: "contract/README.md",
  },
] as const;

/** The picture that says most of what Keyline is about. */
const shownPicture = "promises/p6-causality.md";

const card = ({ title, text, to }: (typeof links)[number]) =>
  `<li><a href="${to}"><strong>${title}</strong><span>${text}</span></a></li>`;

const fact = (name: string, value: string) => `<div><dt>${name}</dt><dd>${value}</dd></div>`;

/** The site's first page, from docs/README.md: its first paragraph is what Keyline is, in one sentence. */
export function homePage(page: SourcePage, product: Product): SourcePage {
  const [what = "", ...others] = page.body.split("\n\n");
  const repository = `<a href="${product.repository}">${product.repository.replace("https://", "")}</a>`;
  const facts = [
    fact("Version", product.version),
    fact("Licence", product.licence),
    fact("Node", `${product.node} and later`),
    fact("Repository", repository),
  ];
  return {
    ...page,
    body: [
      `<dl class="facts short">${facts.join("")}</dl>`,
      `![${pictures[shownPicture]?.says ?? ""}](${shownPicture.replace(/\.md$/, ".svg")})`,
      ...others,
      "## Read on",
      `<ul class="cards">${links.map(card).join("")}</ul>`,
      'For assistants there are <a href="llms.txt">llms.txt</a> and every page as Markdown.',
    ].join("\n\n"),
    frontmatter: {
      tableOfContents: false,
      hero: { title: "A key's events, in order", tagline: textOf(what.replaceAll("\n", " ")) },
    },
  };
}
