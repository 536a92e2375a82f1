import { Compass } from 'lucide-react'

export const Mark = () => <Compass className="i l" />
