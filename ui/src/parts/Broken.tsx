// What is shown in place of a screen that failed to draw itself, so that the rest of the
// window stays of use.

import { Button } from "@react-spectrum/s2";
import { Component, type ReactNode } from "react";
import { words } from "../words";
import { Empty } from "./States";

export class Broken extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) {
      return this.props.children;
    }
    return (
      <Empty
        title={words.common.broken.title}
        actions={
          <Button variant="accent" onPress={() => this.setState({ failed: false })}>
            {words.common.broken.again}
          </Button>
        }
      >
        {words.common.broken.text}
      </Empty>
    );
  }
}
