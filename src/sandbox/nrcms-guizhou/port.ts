/** With which one logs in at the virtual service; secrets of the sandbox are no secrets. */
export const ACCOUNT = { userName: 'sandbox', password: 'sandbox-password' } as const;

/** The refusals by which callers of the virtual service know that nothing is settled; real ones have their own. */
export const WORDS = { notSettled: '未结算', rolledBack: '已回退' } as const;
