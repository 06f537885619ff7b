import { Component, type ComponentType, h, type VNode } from "preact";

/** A component that is drawn again only when one of its properties is another one: hundreds of rows mostly are not. */
export function memo<Props extends object>(Draw: (props: Props) => VNode): ComponentType<Props> {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      const before = new Map(Object.entries<unknown>({ ...this.props }));
      return Object.entries<unknown>({ ...next }).some(([name, value]) => before.get(name) !== value);
    }

    override render() {
      return h(Draw, this.props);
    }
  };
}
