import { Component, type ComponentType, h, type VNode } from "preact";

/** A component that is drawn again only when one of its properties is another one: hundreds of rows mostly are not. */
export function memo<Props extends object>(Draw: (props: Props) => VNode): ComponentType<Props> {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      for (const name in next) {
        if (name !== "children" && next[name] !== this.props[name]) return true;
      }
      return false;
    }

    override render() {
      return h(Draw, this.props);
    }
  };
}
