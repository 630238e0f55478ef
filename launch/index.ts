// Pulumi.yaml's main: the program itself is one folder up (why: see "main" there).
export * from "../index";
