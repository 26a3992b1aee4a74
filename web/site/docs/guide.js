// A guide needs no key; who has one sees its tier, and may change it.

import { withKey } from "../key.js";

withKey(() => {}, { asks: false });
