// Stands for the types of every package: see tsconfig.json.
export {};
