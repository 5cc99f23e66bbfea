/** My security: authenticator app, passkeys and the devices that are signed in. */
import { Button, QRCode } from 'antd';
import { type ReactNode, useState } from 'react';
import { deviceName } from '../../kit/device.ts';
import { Skeleton } from '../../kit/states.tsx';
import type { Me } from '../api-types.ts';
import { useAct, useAsk } from '../ask.ts';
import { AskedButton } from '../parts/confirm.tsx';
import { Listing } from '../parts/listing.tsx';
import { When } from '../parts/moment.tsx';
import { Panel, Screen } from '../parts/screen.tsx';
import { Mark } from '../parts/tags.tsx';
import { createPasskey, passkeysWork } from '../passkey.ts';
import { useSay } from '../say.ts';
import { useMe } from '../session.ts';
import { CodeField } from '../step-up.tsx';

export function SecurityScreen(): ReactNode {
  const t = useSay();
  const me = useMe();
  if (!me) return <Skeleton />;
  return (
    <Screen title={t('security.title')} lead={t('security.lead')}>
      <div className="co-two">
        <TotpPart me={me} />
        <PasskeyPart me={me} />
      </div>
      <Sessions />
    </Screen>
  );
}

export function TotpPart({ me }: { me: Me }): ReactNode {
  const t = useSay();
  const begin = useAct('POST /v1/me/totp');
  const confirm = useAct('POST /v1/me/totp/confirm', t('security.totpDone'));
  const [enrolment, setEnrolment] = useState<{ secret: string; uri: string }>();
  const [code, setCode] = useState('');
  const finish = async (): Promise<void> => {
    if (!(await confirm.run({ body: { code } }))) return;
    setEnrolment(undefined);
    setCode('');
  };
  return (
    <Panel
      title={t('security.totp')}
      actions={
        <Mark tone={me.factors.totp ? 'good' : 'warn'}>
          {me.factors.totp ? t('security.totpOn') : t('security.totpOff')}
        </Mark>
      }
    >
      {!enrolment && !me.factors.totp && (
        <Button
          type="primary"
          loading={begin.busy}
          onClick={() => void begin.ask({}).then((answer) => setEnrolment(answer?.reply))}
        >
          {t('security.totpStart')}
        </Button>
      )}
      {enrolment && (
        <form
          className="co-form"
          onSubmit={(event) => {
            event.preventDefault();
            void finish();
          }}
        >
          <p>{t('security.totpScan')}</p>
          <div className="co-qr">
            <QRCode
              value={enrolment.uri}
              type="svg"
              color="#000000"
              bgColor="#ffffff"
              aria-label={t('security.totpQr')}
            />
          </div>
          <p>
            {t('security.totpKey')} <code>{enrolment.secret.replace(/(.{4})/g, '$1 ').trim()}</code>
          </p>
          <CodeField label={t('security.totpConfirm')} value={code} change={setCode} />
          <Button
            type="primary"
            htmlType="submit"
            loading={confirm.busy}
            disabled={code.length !== 6}
          >
            {t('shell.confirm')}
          </Button>
        </form>
      )}
    </Panel>
  );
}

export function PasskeyPart({ me }: { me: Me }): ReactNode {
  const t = useSay();
  const options = useAct('POST /v1/me/passkeys/options');
  const keep = useAct('POST /v1/me/passkeys', t('security.passkeyDone'));
  const remove = useAct('DELETE /v1/me/passkeys/:id', t('shell.done'));
  const { data } = useAsk('GET /v1/me/passkeys', {});
  const register = async (): Promise<void> => {
    const begun = await options.ask({});
    if (!begun) return;
    const ceremony = begun.reply;
    const response = await createPasskey(ceremony.options);
    if (!response) return;
    const name = navigator.platform.slice(0, 60) || 'device';
    await keep.run({ body: { ceremonyId: ceremony.ceremonyId, name, response } });
  };
  return (
    <Panel
      title={t('security.passkeys')}
      actions={
        <Mark tone={me.factors.passkeys > 0 ? 'good' : 'idle'}>
          {t('security.passkeyCount', { n: me.factors.passkeys })}
        </Mark>
      }
    >
      <ul className="co-plain-list">
        {data?.items.map((passkey) => (
          <li key={passkey.id}>
            <span>{passkey.name}</span> <When at={passkey.createdAt} />
            <AskedButton
              type="link"
              danger
              label={t('security.remove')}
              title={t('security.passkeyRemove')}
              sure={passkey.name}
              act={() => remove.run({ params: { id: passkey.id } })}
            />
          </li>
        ))}
      </ul>
      {passkeysWork() ? (
        <Button loading={options.busy || keep.busy} onClick={() => void register()}>
          {t('security.passkeyAdd')}
        </Button>
      ) : (
        <p>{t('security.passkeyNone')}</p>
      )}
    </Panel>
  );
}

function Sessions(): ReactNode {
  const t = useSay();
  const sessions = useAsk('GET /v1/me/sessions', {});
  const end = useAct('DELETE /v1/me/sessions/:id', t('shell.done'));
  return (
    <Panel title={t('security.sessions')}>
      <Listing
        caption={t('security.sessions')}
        rows={sessions.data?.items}
        error={sessions.error}
        refetch={sessions.refetch}
        rowKey={({ id }) => id}
        columns={[
          {
            title: t('security.device'),
            show: ({ agent }) => <span title={agent}>{deviceName(agent) ?? agent}</span>,
          },
          { title: t('security.address'), show: ({ address }) => address },
          { title: t('security.since'), show: ({ openedAt }) => <When at={openedAt} /> },
          { title: t('security.lastSeen'), show: ({ seenAt }) => <When at={seenAt} /> },
          {
            title: t('shell.actions'),
            show: ({ id, current }) =>
              current ? (
                <Mark tone="good">{t('security.sessionHere')}</Mark>
              ) : (
                <AskedButton
                  size="small"
                  label={t('security.sessionEnd')}
                  sure={t('shell.irreversible')}
                  act={() => end.run({ params: { id } })}
                />
              ),
          },
        ]}
      />
    </Panel>
  );
}
