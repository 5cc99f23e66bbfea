/** One way to show rows: a captioned table on a desk, cards on a phone; hides loading, refusal, empty and paging. */
import { Button, Table } from 'antd';
import type { ReactNode } from 'react';
import { Empty, Refusal, Skeleton } from '../../kit/states.tsx';
import { useSay } from '../say.ts';

export interface Column<T> {
  readonly title: string;
  readonly show: (row: T) => ReactNode;
  readonly align?: 'right';
  readonly width?: number;
}

interface Source<T> {
  readonly rows: readonly T[] | undefined;
  readonly error?: Error | null;
  readonly refetch?: () => unknown;
}

interface ListingProps<T> extends Source<T> {
  /** Said by screen readers, and shown when `showCaption`. */
  readonly caption: string;
  readonly showCaption?: boolean;
  readonly columns: readonly Column<T>[];
  readonly rowKey: (row: T) => string;
  readonly empty?: { title: string; next: string };
  readonly rowTone?: (row: T) => 'bad' | 'warn' | undefined;
  readonly chosen?: string | undefined;
  readonly paging?: Paging;
}

export interface Paging {
  readonly next: string | undefined;
  readonly cursor: string | undefined;
  readonly go: (cursor: string | undefined) => void;
}

export function Listing<T extends object>(props: ListingProps<T>): ReactNode {
  const t = useSay();
  const { rows, error, refetch, columns, rowKey, paging, caption, empty, chosen } = props;
  if (error) return <Refusal of={error} onRetry={refetch && (() => void refetch())} />;
  if (!rows) return <Skeleton lines={6} />;
  if (rows.length === 0 && !paging?.cursor)
    return (
      <Empty
        title={empty?.title ?? t('shell.empty')}
        say={empty?.next ?? t('shell.emptyNext')}
        icon="info"
      />
    );
  return (
    <div className="co-listing">
      <Table<T>
        size="middle"
        caption={<span className={props.showCaption ? undefined : 'hq-unseen'}>{caption}</span>}
        dataSource={[...rows]}
        rowKey={rowKey}
        pagination={false}
        rowClassName={(row) =>
          [
            props.rowTone?.(row) && `co-row-${props.rowTone(row)}`,
            chosen !== undefined && rowKey(row) === chosen && 'co-row-chosen',
          ]
            .filter(Boolean)
            .join(' ')
        }
        columns={columns.map((column) => ({
          key: column.title,
          title: column.title,
          ...(column.align === 'right' && { className: 'co-end' }),
          ...(column.width !== undefined && { width: column.width }),
          render: (_: unknown, row: T) => column.show(row),
          onCell: () => ({ 'data-label': column.title }) as object,
        }))}
      />
      {paging && (paging.cursor || paging.next) && (
        <nav className="co-paging" aria-label={caption}>
          {paging.cursor && (
            <Button onClick={() => paging.go(undefined)}>{t('shell.first')}</Button>
          )}
          {paging.next && <Button onClick={() => paging.go(paging.next)}>{t('shell.more')}</Button>}
        </nav>
      )}
    </div>
  );
}
