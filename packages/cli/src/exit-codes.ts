/** What the command's exit tells, the same for every command. */
export const exitCodes = {
  clean: 0,
  couldNotRun: 1,
  usage: 2,
  findings: 3,
  interrupted: 130,
  unread: 141,
  terminated: 143,
} as const;
