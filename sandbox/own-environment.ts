/** This process's environment before a project of the sandbox changes it. */
export const OWN_ENVIRONMENT = { ...process.env };
