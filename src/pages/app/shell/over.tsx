import { Card } from 'antd';
import type { ReactNode } from 'react';

/** What has to be done before anything else, over the page, which keeps what was typed. */
export function Over({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="over" role="dialog" aria-modal="true" aria-label={title}>
      <Card title={title}>{children}</Card>
    </div>
  );
}
