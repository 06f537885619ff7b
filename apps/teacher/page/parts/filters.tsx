import type { ComponentChildren } from "preact";
import { triggerTexts } from "../../src/words.js";
import { type Counts, type Filter, isEmpty, noFilter, toggled } from "../live/filter.js";
import { severities } from "../live/needs.js";
import { severityTexts } from "../words/texts.js";
import { memo } from "./memo.js";

const triggers = Object.keys(triggerTexts) as (keyof typeof triggerTexts)[];

export interface FilterProps {
  readonly filter: Filter;
  readonly setFilter: (filter: Filter) => void;
}

/** Which students are shown: each count is of the students that are left when it is chosen. */
export const Filters = memo(function Filters({
  filter,
  setFilter,
  counts,
  errors,
  students,
}: FilterProps & { readonly counts: Counts; readonly errors: readonly string[]; readonly students: number }) {
  const chip = <Part extends keyof Counts>(part: Part, value: Filter[Part] & string) => ({
    key: `${part} ${value}`,
    hint: `Students with an alert of this ${part === "trigger" ? "reason" : part}`,
    isOn: filter[part] === value,
    toggle: () => setFilter(toggled(filter, part, value)),
    count: counts[part].get(value) ?? 0,
  });
  return (
    <search class="filters" aria-label="Which students are shown">
      <input
        type="search"
        placeholder="Find a student"
        aria-label="Find a student"
        value={filter.name}
        onInput={(event) => setFilter({ ...filter, name: event.currentTarget.value })}
      />
      <ul class="chips">
        <Chip isOn={isEmpty(filter)} toggle={() => setFilter(noFilter)}>
          All <b>{students}</b>
        </Chip>
        {severities.map((severity) => (
          <Chip {...chip("severity", severity)}>
            <i class={`mark ${severity}`} aria-hidden="true" /> {severityTexts[severity]}
          </Chip>
        ))}
        {triggers.map((trigger) => (
          <Chip {...chip("trigger", trigger)}>{triggerTexts[trigger]}</Chip>
        ))}
        {errors.map((error) => (
          <Chip {...chip("error", error)}>
            <code>{error}</code>
          </Chip>
        ))}
      </ul>
    </search>
  );
});

function Chip({
  isOn,
  toggle,
  count,
  hint,
  children,
}: {
  readonly isOn: boolean;
  readonly toggle: () => void;
  readonly count?: number;
  readonly hint?: string;
  readonly children: ComponentChildren;
}) {
  return (
    <li>
      <button type="button" class="chip" aria-pressed={isOn} onClick={toggle} title={hint}>
        {children} {count !== undefined && <b>{count}</b>}
      </button>
    </li>
  );
}
