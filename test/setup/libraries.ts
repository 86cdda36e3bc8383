// Before each test file: libraries are loaded as the gateway loads them.
import { loadWhole } from '../../src/libraries/whole.ts';

loadWhole();
