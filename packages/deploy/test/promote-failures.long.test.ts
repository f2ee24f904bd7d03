import { failureSuite } from "./support/failure-suite.ts";

failureSuite(["never gets healthy", "fails some time later", "answers with errors"]);
