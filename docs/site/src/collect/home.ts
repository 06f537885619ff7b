import type { Contract } from "@keyline/contract";
import { inline } from "./contract.js";
import type { Section, SourcePage } from "./page.js";

const links = [
  {
    title: "Your own contract in ten minutes",
    text: "From an empty folder to a running producer.",
    to: "guides/own-contract.md",
  },
  { title: "Topics", text: "Their keys, senders and receivers.", to: "contract/README.md" },
  {
    title: "What is promised",
    text: "Ten promises about order, and the tests that hold them.",
    to: "promises/README.md",
  },
  { title: "Operations", text: "Metrics, alerts, dead letters, deploys, replaying.", to: "operations/README.md" },
] as const;

const card = ({ title, text, to }: (typeof links)[number]) =>
  `<li><a href="${to}"><strong>${title}</strong><span>${text}</span></a></li>`;

/** The site's first page: where to go, and the map of the contract. */
export function homePage(contract: Contract, section: Section): SourcePage {
  const drawing = section.assets.find(({ path }) => path.endsWith("map.svg"))?.content ?? "";
  return {
    path: "index.md",
    title: "Keyline",
    description: "Typed event contracts for Kafka that keep a key's events in order.",
    body: [
      `<ul class="cards">${links.map(card).join("")}</ul>`,
      `## ${contract.title}`,
      `The contract of this repository: ${contract.channels.length} topics. Choose one to see its key, its fields, and a call to copy.`,
      inline(drawing.replaceAll(' href="', ' href="contract/')),
    ].join("\n\n"),
    frontmatter: {
      template: "splash",
      tableOfContents: false,
      hero: {
        title: "A key's events, in order",
        tagline:
          "One AsyncAPI document becomes typed Kafka producers and consumers, and the runtime under them keeps the order that it promises.",
      },
    },
  };
}
