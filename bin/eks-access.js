#!/usr/bin/env node
"use strict";
const path = require("node:path");

// The project's own compiler options, whatever folder the command is called in; swc compiles without a type check.
require("ts-node").register({ project: path.join(__dirname, "..", "tsconfig.json") });
require("../cli/index").main(process.argv);
