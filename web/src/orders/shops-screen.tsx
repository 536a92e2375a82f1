import { Plus, Store } from 'lucide-react'
import { useEffect, useState } from 'react'
import { v7 as newId } from 'uuid'
import type { Shop, ShopDelivery, ShopKind } from '../../../protocol/shops.ts'
import { CouponsTabs } from '../coupons/coupons-side.tsx'
import { useHere } from '../organization/organization-context.tsx'
import { Badge } from '../platform/badge.tsx'
import { Button } from '../platform/button.tsx'
import { useAct, useAnswer, useClient, useErrorText } from '../platform/client.tsx'
import { Confirm } from '../platform/confirm.tsx'
import { CopyField } from '../platform/copy-field.tsx'
import { Dialog } from '../platform/dialog.tsx'
import { EmptyState, ErrorState } from '../platform/empty-state.tsx'
import { Notice } from '../platform/notice.tsx'
import { Segments } from '../platform/segments.tsx'
import { SkeletonList } from '../platform/skeleton.tsx'
import { TextField } from '../platform/text-field.tsx'
import { useText } from '../platform/texts.tsx'
import { useDates } from '../platform/use-dates.ts'
import { ShopStates } from './shop-states.tsx'

const names = { shopify: 'Shopify', woocommerce: 'WooCommerce' } as const

/** They tell of orders at any time. */
const LOOK_MS = 5_000

/** The shops that tell of their orders, and what they have sent. */
export function Shops() {
  const text = useText()
  const explain = useErrorText()
  const { organization } = useHere()
  const [isConnecting, setConnecting] = useState(false)
  const { data, error, refetch } = useAnswer('shop.list', { organizationId: organization.id })
  const changed = () => void refetch()
  useEffect(() => {
    const timer = setInterval(() => void refetch(), LOOK_MS)
    return () => clearInterval(timer)
  }, [refetch])
  return (
    <>
      <header className="bar">
        <h1 className="grow">{text('shops.title')}</h1>
        <Button look="quiet" icon={Plus} onClick={() => setConnecting(true)}>
          {text('shop.connect')}
        </Button>
      </header>
      <CouponsTabs />
      <div className="scroll page shops">
        {error !== null && <ErrorState title={text('error.title')} body={explain(error)} onRetry={changed} />}
        {!data && error === null && <SkeletonList rows={4} />}
        {data?.shops.length === 0 && (
          <EmptyState icon={Store} title={text('shops.none')} body={text('shops.noneBody')} />
        )}
        {data?.shops.map((shop) => (
          <ShopCard key={shop.id} shop={shop} onChanged={changed} />
        ))}
      </div>
      {isConnecting && <ConnectShop onConnected={changed} onClose={() => setConnecting(false)} />}
    </>
  )
}

function ShopCard({ shop, onChanged }: { shop: Shop; onChanged: () => void }) {
  const text = useText()
  const client = useClient()
  const dates = useDates()
  const { organization } = useHere()
  const { act, working } = useAct()
  const [isAsking, setAsking] = useState(false)
  const [isRotating, setRotating] = useState(false)
  const one = { organizationId: organization.id, shopId: shop.id }
  const { data } = useAnswer('shop.deliveries', one, { version: shop.lastAt })
  const deliveries = data?.deliveries ?? []
  const remove = () =>
    void act(async () => {
      await client.do('shop.remove', one)
      setAsking(false)
      onChanged()
    })
  return (
    <section className="shop" aria-label={shop.name}>
      <div className="row g2">
        <h2 className="grow cut" title={shop.name} dir="auto">
          {shop.name}
        </h2>
        <Badge>{names[shop.kind]}</Badge>
        <Button size="small" onClick={() => setRotating(true)}>
          {text('shop.newSecret')}
        </Button>
        <Button size="small" onClick={() => setAsking(true)}>
          {text('shop.remove')}
        </Button>
      </div>
      <CopyField label={text('shop.url')} help={text(`shop.help.${shop.kind}`)} value={shop.url} />
      <p className="muted t13">
        {shop.lastAt === null ? text('shop.silent') : text('shop.last', { when: dates.full(new Date(shop.lastAt)) })}
      </p>
      {shop.forged > 0 && <Notice meaning="warn">{text('shop.forged', { count: shop.forged })}</Notice>}
      <ShopStates shop={shop} unknown={unknownIn(deliveries)} onSaved={onChanged} />
      <Deliveries shop={shop} deliveries={deliveries} />
      <Confirm
        title={text('shop.removeTitle', { name: shop.name })}
        body={text('shop.removeBody')}
        action={text('shop.remove')}
        danger
        working={working}
        open={isAsking}
        onConfirm={remove}
        onClose={() => setAsking(false)}
      />
      {isRotating && <NewSecret shop={shop} onDone={onChanged} onClose={() => setRotating(false)} />}
    </section>
  )
}

/** States that were not known when the shop told of them. */
const unknownIn = (deliveries: readonly ShopDelivery[]) =>
  Array.from(new Set(deliveries.flatMap(({ unknownState }) => unknownState ?? [])))

function Deliveries({ shop, deliveries }: { shop: Shop; deliveries: readonly ShopDelivery[] }) {
  const text = useText()
  const dates = useDates()
  if (deliveries.length === 0) return null
  return (
    <details className="deliveries" open={shop.refused > 0}>
      <summary>{text('shop.deliveries', { refused: shop.refused })}</summary>
      <ul>
        {deliveries.slice(0, 20).map((delivery) => (
          <li key={delivery.id} className="row g2 t13">
            <Badge {...(delivery.outcome === 'refused' && { meaning: 'bad' as const })}>
              {text(`shop.outcome.${delivery.outcome}`)}
            </Badge>
            <span className="num cut">{delivery.externalId}</span>
            <span className="muted grow cut">{`${delivery.topic} · ${delivery.detail}`}</span>
            <time className="dim num wide-only" dateTime={delivery.at}>
              {dates.full(new Date(delivery.at))}
            </time>
          </li>
        ))}
      </ul>
    </details>
  )
}

function ConnectShop({ onConnected, onClose }: { onConnected: () => void; onClose: () => void }) {
  const text = useText()
  const client = useClient()
  const { organization } = useHere()
  const { act, working } = useAct()
  const [kind, setKind] = useState<ShopKind>('shopify')
  const [name, setName] = useState('')
  const [secret, setSecret] = useState('')
  const [made, setMade] = useState<{ url: string; secret: string | null }>()
  const connect = () =>
    void act(async () => {
      const input = { organizationId: organization.id, shopId: newId(), kind, name: name.trim() }
      setMade(await client.do('shop.connect', { ...input, ...(secret.trim() && { secret: secret.trim() }) }))
      onConnected()
    })
  const isReady = name.trim() !== '' && (kind === 'woocommerce' || secret.trim().length >= 16)
  const footer = made ? (
    <Button look="primary" onClick={onClose}>
      {text('action.close')}
    </Button>
  ) : (
    <Button look="primary" working={working} disabled={!isReady} onClick={connect}>
      {text('shop.connect')}
    </Button>
  )
  return (
    <Dialog title={text('shop.connect')} open onClose={onClose} footer={footer}>
      <div className="add-member">
        {made ? (
          <>
            <CopyField label={text('shop.url')} help={text(`shop.help.${kind}`)} value={made.url} />
            {made.secret !== null && (
              <CopyField label={text('shop.secret')} help={text('shop.secretOnce')} value={made.secret} />
            )}
          </>
        ) : (
          <>
            <Segments
              label={text('shop.kind')}
              value={kind}
              options={(['shopify', 'woocommerce'] as const).map((value) => ({ value, label: names[value] }))}
              onChange={setKind}
            />
            <TextField
              label={text('shop.name')}
              value={name}
              maxLength={80}
              onChange={(event) => setName(event.target.value)}
            />
            <TextField
              label={text('shop.secret')}
              help={text(`shop.secretHelp.${kind}`)}
              value={secret}
              autoComplete="off"
              onChange={(event) => setSecret(event.target.value)}
            />
          </>
        )}
      </div>
    </Dialog>
  )
}

function NewSecret({ shop, onDone, onClose }: { shop: Shop; onDone: () => void; onClose: () => void }) {
  const text = useText()
  const client = useClient()
  const { organization } = useHere()
  const { act, working } = useAct()
  const [secret, setSecret] = useState('')
  const save = () =>
    void act(async () => {
      await client.do('shop.change', { organizationId: organization.id, shopId: shop.id, secret: secret.trim() })
      onDone()
      onClose()
    })
  const footer = (
    <Button look="primary" working={working} disabled={secret.trim().length < 16} onClick={save}>
      {text('action.save')}
    </Button>
  )
  return (
    <Dialog title={text('shop.newSecret')} open onClose={onClose} footer={footer}>
      <TextField
        label={text('shop.secret')}
        help={text('shop.rotateHelp')}
        value={secret}
        autoComplete="off"
        onChange={(event) => setSecret(event.target.value)}
      />
    </Dialog>
  )
}
