// The base of the elements of the Live workbench: they are painted from the first
// snapshot on, whether or not a report has come yet.

import { Part } from "../dom.mjs";

export class LivePart extends Part {
  shows() {
    return true;
  }
}
