import { Minus, Plus } from 'lucide-react'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { KeyboardEvent, ReactNode, RefObject } from 'react'
import { Avatar } from '../platform/avatar.tsx'
import { Badge } from '../platform/badge.tsx'
import type { Meaning } from '../platform/badge.tsx'
import { classes } from '../platform/classes.ts'
import { IconButton } from '../platform/icon-button.tsx'
import { Keys } from '../platform/keys.tsx'
import { useText } from '../platform/texts.tsx'
import { chart, chartLayout } from './chart-layout.ts'
import type { ChartLayout, ChartNode, ChartPerson } from './chart-layout.ts'
import { teamOf } from './chart-team.ts'
import { treeStep } from './chart-keys.ts'
import type { TeamText } from './use-team-text.ts'

/** How an import changes a person, shown in the picture itself. */
export type ChartMark = { look: 'new' | 'moved' | 'off'; label: string; meaning: Meaning | undefined }
export type ChartMember = ChartPerson & { mark?: ChartMark | undefined }

type ChartProps = {
  people: readonly ChartMember[]
  selected?: string | undefined
  onSelect: (id: string) => void
  /** Which groups the team of a manager makes. */
  teamText?: TeamText | undefined
  /** Only for those who may change the chart. */
  onMove?: ((id: string, managerId: string) => void) | undefined
  /** Opens the keyboard's way to move somebody. */
  onAskMove?: ((id: string) => void) | undefined
}

/** Above this many people the lower levels begin folded. */
const unfoldedMax = 80
const zooms = [0.4, 0.55, 0.7, 0.85, 1, 1.2, 1.5]
const zoomReadable = 0.7

export function Chart(props: ChartProps) {
  const { people } = props
  const text = useText()
  const canvas = useRef<HTMLDivElement>(null)
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set())
  const foldedAtFirst = useMemo(() => firstFolded(people), [people])
  const room = useRoom(canvas)
  const layout = useMemo(
    () => chartLayout(people, (id) => foldedAtFirst.has(id) !== toggled.has(id), room),
    [people, foldedAtFirst, toggled, room],
  )
  const [zoomAt, setZoomAt] = useZoom(layout.width, room)
  useInView(canvas, props.selected)
  const zoom = zooms[zoomAt] ?? 1
  const toggle = (id: string) =>
    setToggled((now) => new Set(now.has(id) ? [...now].filter((other) => other !== id) : [...now, id]))
  return (
    <div className="chart-frame">
      <div className="chart-canvas" ref={canvas}>
        <div className="chart-size" style={{ width: layout.width * zoom, height: layout.height * zoom }}>
          <Picture {...props} layout={layout} zoom={zoom} onToggle={toggle} />
        </div>
      </div>
      <div className="chart-tools">
        {props.onMove && (
          <span className="t12 dim wide-only">
            {text('chart.moveHint')} <Keys shortcut="m" />
          </span>
        )}
        <span className="row right chart-zoom">
          <IconButton
            icon={Minus}
            label={text('chart.smaller')}
            disabled={zoomAt === 0}
            onClick={() => setZoomAt(zoomAt - 1)}
          />
          <span className="t12 num muted">{text('chart.zoom', { share: zoom })}</span>
          <IconButton
            icon={Plus}
            label={text('chart.larger')}
            disabled={zoomAt === zooms.length - 1}
            onClick={() => setZoomAt(zoomAt + 1)}
          />
        </span>
      </div>
    </div>
  )
}

/** The width for the picture while nothing stands beside it, so that it stays as it is when a person is opened. */
function useRoom(canvas: RefObject<HTMLDivElement | null>): number {
  const [room, setRoom] = useState(0)
  useLayoutEffect(() => {
    const element = canvas.current
    if (!element) return
    let windowWidth = window.innerWidth
    const measure = () => {
      const width = element.clientWidth
      const isSameWindow = windowWidth === window.innerWidth
      windowWidth = window.innerWidth
      setRoom((before) => (isSameWindow ? Math.max(before, width) : width))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [canvas])
  return room
}

/** Begins with the whole width in view, as long as names can still be read. */
function useZoom(width: number, room: number): [number, (at: number) => void] {
  const [chosen, setChosen] = useState<number>()
  const fitting = zooms.findLastIndex((zoom) => zoom <= 1 && width * zoom <= room)
  return [chosen ?? Math.max(fitting, zooms.indexOf(zoomReadable)), setChosen]
}

/** The pane that opens beside it must not cover the person it is about, nor the team. */
function useInView(canvas: RefObject<HTMLDivElement | null>, selected: string | undefined): void {
  useEffect(() => {
    const element = canvas.current
    if (!element || selected === undefined) return
    const show = () => {
      for (const what of [`[data-person="${CSS.escape(selected)}"]`, '.chart-team'])
        element.querySelector(what)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    }
    const observer = new ResizeObserver(show)
    observer.observe(element)
    return () => observer.disconnect()
  }, [canvas, selected])
}

type PictureProps = ChartProps & { layout: ChartLayout<ChartMember>; zoom: number; onToggle: (id: string) => void }

function Picture({ people, teamText, layout, zoom, onToggle, selected, onSelect, onMove, onAskMove }: PictureProps) {
  const text = useText()
  const [over, setOver] = useState<string>()
  const team = useMemo(() => teamOf(layout, people, selected), [layout, people, selected])
  const current = layout.nodes.some(({ person }) => person.id === selected) ? selected : layout.nodes[0]?.person.id
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const id = event.target instanceof HTMLElement ? event.target.dataset['person'] : undefined
    if (id === undefined) return
    const step = treeStep(layout, id, event.key)
    if (step?.focus !== undefined) {
      event.currentTarget.querySelector<HTMLElement>(`[data-person="${CSS.escape(step.focus)}"]`)?.focus()
    } else if (step?.toggle) onToggle(id)
    else if (event.key === 'Enter' || event.key === ' ') onSelect(id)
    else if (event.key.toLowerCase() === 'm' && onAskMove) onAskMove(id)
    else return
    event.preventDefault()
  }
  return (
    <div
      className="chart"
      role="tree"
      tabIndex={-1}
      aria-label={text('chart.title')}
      style={{ width: layout.width, height: layout.height, transform: `scale(${zoom})` }}
      onKeyDown={onKeyDown}
    >
      {team?.box && (
        <div className="chart-team" style={team.box}>
          <span className="t12">{teamText?.(team.manager, team.memberIds.size)}</span>
        </div>
      )}
      <svg className="chart-lines" width={layout.width} height={layout.height} aria-hidden="true">
        {layout.lines.map((line) => (
          <path key={line.to} d={line.path} />
        ))}
      </svg>
      {layout.nodes.map((node) => (
        <Node
          key={node.person.id}
          node={node}
          isSelected={node.person.id === selected}
          isInTeam={team?.memberIds.has(node.person.id) === true}
          isCurrent={node.person.id === current}
          isTarget={node.person.id === over}
          onSelect={onSelect}
          onToggle={onToggle}
          onMove={onMove}
          onOver={setOver}
        />
      ))}
    </div>
  )
}

type NodeProps = {
  node: ChartNode<ChartMember>
  isSelected: boolean
  isInTeam: boolean
  isCurrent: boolean
  isTarget: boolean
  onSelect: (id: string) => void
  onToggle: (id: string) => void
  onMove: ((id: string, managerId: string) => void) | undefined
  onOver: (id: string | undefined) => void
}

const dragType = 'application/x-shoptalk-person'

function Node({ node, isSelected, isInTeam, isCurrent, isTarget, onSelect, onToggle, onMove, onOver }: NodeProps) {
  const { person } = node
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the tree handles the keys of all its items
    <div
      className={classes('node', person.mark?.look, isSelected && 'in', isInTeam && 'in-team', isTarget && 'target')}
      role="treeitem"
      aria-level={node.level + 1}
      aria-selected={isSelected}
      aria-expanded={node.reports > 0 ? node.folded === 0 : undefined}
      tabIndex={isCurrent ? 0 : -1}
      data-person={person.id}
      style={{ left: node.x, top: node.y, width: chart.width, height: chart.height }}
      onClick={() => onSelect(person.id)}
      draggable={onMove !== undefined}
      onDragStart={(event) => event.dataTransfer.setData(dragType, person.id)}
      onDragOver={(event) => {
        if (!onMove || !event.dataTransfer.types.includes(dragType)) return
        event.preventDefault()
        onOver(person.id)
      }}
      onDragLeave={() => onOver(undefined)}
      onDrop={(event) => {
        event.preventDefault()
        onOver(undefined)
        const dragged = event.dataTransfer.getData(dragType)
        if (dragged && dragged !== person.id) onMove?.(dragged, person.id)
      }}
    >
      {person.mark && <NodeMark mark={person.mark} />}
      <Avatar id={person.id} name={person.name} size="sm" />
      <span className="col grow">
        <b className="node-name" title={person.name} dir="auto">
          {person.name}
        </b>
        <span className="node-title" title={person.title} dir="auto">
          {person.title}
        </span>
      </span>
      {node.reports > 0 && <Fold node={node} onToggle={onToggle} />}
    </div>
  )
}

const NodeMark = ({ mark }: { mark: ChartMark }): ReactNode => (
  <span className="node-mark">
    <Badge {...(mark.meaning && { meaning: mark.meaning })}>{mark.label}</Badge>
  </span>
)

function Fold({ node, onToggle }: { node: ChartNode<ChartMember>; onToggle: (id: string) => void }) {
  const text = useText()
  const label = node.folded > 0 ? text('chart.unfold', { count: node.folded }) : text('chart.fold')
  return (
    <button
      type="button"
      className="fold num"
      tabIndex={-1}
      title={label}
      aria-label={label}
      onClick={(event) => {
        event.stopPropagation()
        onToggle(node.person.id)
      }}
    >
      {node.folded > 0 ? `+${node.folded}` : <Minus className="i xs" />}
    </button>
  )
}

function firstFolded(people: readonly ChartPerson[]): Set<string> {
  if (people.length <= unfoldedMax) return new Set()
  const managers = new Map(people.map(({ id, managerId }) => [id, managerId]))
  const depth = (id: string): number => {
    let levels = 0
    for (let above = managers.get(id); above && levels < 3; above = managers.get(above)) levels++
    return levels
  }
  return new Set(people.filter(({ id }) => depth(id) >= 1).map(({ id }) => id))
}
