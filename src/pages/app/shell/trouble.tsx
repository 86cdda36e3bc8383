import { Alert } from 'antd';
import { ApiError } from '../api.ts';

/** What went wrong, and what to do next, in the gateway's own words. */
export function Trouble({ error }: { error: unknown }) {
  if (error === undefined) return null;
  if (!(error instanceof ApiError)) throw error;
  const { title, next, detail, code, requestId } = error.problem;
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={title}
      description={
        <>
          <div>{next}</div>
          {detail === undefined ? null : <div>{detail}</div>}
          <small>
            {code}
            {requestId === undefined ? null : ` · ${requestId}`}
          </small>
        </>
      }
    />
  );
}
