import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Column } from '../../../protocol/structure.ts'
import { Refusal } from '../../platform/refusal.ts'
import { readColumns } from './columns.ts'

const meaningsOf = (heading: string, row = 'x,'.repeat(20), given?: Column[]) =>
  readColumns(
    [heading, row].map((line, index) => ({ line: index + 1, cells: line.split(',') })),
    given,
  ).meanings.join(' ')

test('G1-01 the headings of Northwind are understood as they are', () => {
  assert.equal(
    meaningsOf('employee_id,first_name,last_name,title,email,phone,city,country,reports_to'),
    'key firstName lastName title address phone place place manager',
  )
})

test('G1-05 headings in Chinese, German, French and Spanish are understood', () => {
  const lists = {
    '工号,姓名,邮箱,电话,部门,城市,职位,上级': 'key name address phone place place title manager',
    '员工编号,姓,名,电子邮箱,手机号码,直属上级工号': 'key lastName firstName address phone manager',
    'Personalnr.,Vorname,Name,E-Mail-Adresse,Telefon,Standort,Funktion,Vorgesetzte(r)':
      'key firstName lastName address phone place title manager',
    'Matricule,Nom,Prénom,Courriel,Téléphone,Ville,Poste,N+1':
      'key lastName firstName address phone place title manager',
    'Nº empleado,Nombre,Apellidos,Correo electrónico,Móvil,Ciudad,Puesto,Jefe':
      'key firstName lastName address phone place title manager',
    'ＩＤ,Full Name,Work E-mail,Job Title,Reporting Manager': 'key name address title manager',
  }
  for (const [heading, expected] of Object.entries(lists)) assert.equal(meaningsOf(heading), expected, heading)
})

test("of two columns for the manager the one with the manager's number is taken", () => {
  assert.equal(meaningsOf('name,email,manager name,manager id'), 'name address none manager')
})

test('without a heading that says so, the column of mail addresses is found by what is in it', () => {
  assert.equal(meaningsOf('imię,kontakt,name', 'Ewa,ewa@x.example,Ewa'), 'none address name')
})

test('a list without headings gets the letters of a spreadsheet', () => {
  const records = [{ line: 1, cells: ['Ewa', 'ewa@x.example'] }]
  const { headings, meanings, rows } = readColumns(records, undefined)
  assert.deepEqual([headings, meanings, rows.length], [['A', 'B'], ['none', 'address'], 1])
})

test("the administrator's own columns win; they fit the list and name nothing twice", () => {
  assert.equal(meaningsOf('name,email', 'a,b', ['none', 'key']), 'none key')
  const refuse = (given: Column[]) =>
    assert.throws(
      () => meaningsOf('name,email', 'a,b', given),
      (error) => error instanceof Refusal && error.code === 'input.invalid' && error.path === 'columns',
    )
  refuse(['name'])
  refuse(['name', 'name'])
})

test('a heading with nobody below it is refused with words that say so', () => {
  assert.throws(() => readColumns([{ line: 1, cells: ['name', 'email'] }], undefined), /nobody below/)
})
