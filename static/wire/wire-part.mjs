// The base of the elements of the Wire workbench: they are painted from the
// first snapshot on, whether or not there is anything to report yet.

import { Part } from "../dom.mjs";

export class WirePart extends Part {
  shows() {
    return true;
  }
}
