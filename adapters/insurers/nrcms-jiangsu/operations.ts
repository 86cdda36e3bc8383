import table from './operations.json' with { type: 'json' };

export interface Operation {
  /** The method of the web service. */
  readonly method: string;
  readonly effect: 'none' | 'record' | 'money';
}

const operations = table.operations as Readonly<Record<string, Operation>>;

/** An operation by its serviceId. */
export function operationOf(serviceId: string): Operation | undefined {
  return Object.hasOwn(operations, serviceId) ? operations[serviceId] : undefined;
}

/** Operations that move money and so go through the settlement machine only. */
export const MONEY: readonly string[] = Object.keys(operations).filter(
  (serviceId) => operations[serviceId]?.effect === 'money',
);

export const { namespace: NAMESPACE, argumentElement: ARGUMENT } = table;
