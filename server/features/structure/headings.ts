import type { Column } from '../../../protocol/structure.ts'

/**
 * What columns are called in employee lists, in English, Chinese, German, French and Spanish; as `plain` writes it.
 * Of two columns that mean the same, the one whose heading stands first here is taken: a manager's number is surer
 * than a name.
 */
const words: Readonly<Record<Exclude<Column, 'none'>, string>> = {
  key: `
    employeeid employeenumber employeeno empid empno staffid staffnumber staffno personnelnumber payrollnumber
    personid userid memberid badge badgenumber key id number no
    工号 员工编号 员工号 员工id 人员编号 职工号 编号 工號 員工編號
    personalnummer mitarbeiternummer mitarbeiternr personalnr mitarbeiterid persnr
    matricule numeroemploye numerodemploye identifiant
    noempleado numerodeempleado numeroempleado nempleado idempleado legajo codigo codigoempleado`,
  name: `
    fullname displayname employeename name employee person staffname
    姓名 员工姓名 名字 名称 员工 員工姓名
    vollername vollstandigername anzeigename mitarbeiter mitarbeitername
    nomcomplet nometprenom prenometnom nomprenom prenomnom employe
    nombrecompleto nombreyapellidos nombreyapellido apellidosynombre apellidosynombres empleado`,
  firstName: `
    firstname givenname forename first 名 vorname rufname prenom nombre nombres nombredepila primernombre`,
  lastName: `
    lastname surname familyname last 姓 姓氏 nachname familienname zuname nom nomdefamille
    apellidos apellido primerapellido`,
  title: `
    jobtitle title position job role function designation occupation
    职位 职务 岗位 职称 頭銜 職位 職稱
    funktion stelle stellenbezeichnung berufsbezeichnung beruf titel jobtitel
    poste fonction titre intituledeposte intituleduposte emploi
    puesto cargo titulo funcion puestodetrabajo`,
  address: `
    email emailaddress mail workemail companyemail businessemail mailaddress address
    邮箱 电子邮箱 邮件 电子邮件 邮箱地址 邮件地址 工作邮箱 企业邮箱 電子郵件 郵箱
    emailadresse mailadresse epost dienstlicheemail geschaftlicheemail
    courriel adressemail adresseemail adresseelectronique mel emailprofessionnel
    correo correoelectronico direcciondecorreo emailcorporativo correocorporativo`,
  phone: `
    phone phonenumber workphone telephone tel mobile mobilephone cell cellphone extension
    电话 手机 手机号 手机号码 联系电话 电话号码 移动电话 電話 手機
    telefon telefonnummer handy mobiltelefon mobil handynummer durchwahl
    numerodetelephone portable telephoneportable telephonemobile
    telefono movil celular telefonomovil numerodetelefono`,
  place: `
    city location office site worklocation town department team unit division branch country region state
    城市 地点 工作地点 办公地点 所在地 部门 所属部门 国家 地区 部門 城市名称
    stadt ort standort buro arbeitsort abteilung bereich filiale land
    ville lieu bureau service departement lieudetravail pays
    ciudad lugar oficina sede departamento centrodetrabajo area pais`,
  manager: `
    managerid manageremployeeid manageremployeenumber managernumber supervisorid bossid reportstoid
    上级工号 直属上级工号 主管工号 上级编号 经理工号
    vorgesetztenummer vorgesetztenid matriculemanager matriculeresponsable idjefe idsupervisor numerodejefe
    manageremail supervisoremail managersemail 上级邮箱 主管邮箱 直属上级邮箱
    emailvorgesetzter emailmanager emailresponsable emaildujefe correojefe correodeljefe
    reportsto manager managername linemanager directmanager supervisor supervisorname boss superior lead teamlead
    reportingto reportingmanager managedby head
    上级 直属上级 直接上级 上级姓名 主管 直属主管 经理 部门经理 汇报对象 汇报给 直属领导 领导 上級
    vorgesetzter vorgesetzte vorgesetzterr fuhrungskraft leitung chef berichtetan teamleiter
    responsable superieur superieurhierarchique n1 responsablehierarchique chefdequipe rapportea
    jefe jefedirecto jefeinmediato gerente reportaa superiordirecto encargado`,
}

const columns = Object.keys(words) as (keyof typeof words)[] // the keys of a literal are what its type says
const known = new Map(
  columns.flatMap((column) =>
    words[column]
      .trim()
      .split(/\s+/)
      .map((word, rank) => [word, { column, rank }] as const),
  ),
)

/** What a heading means; a lower rank is surer. */
export function findHeading(heading: string): { column: Column; rank: number } | undefined {
  return known.get(plain(heading))
}

/**
 * A heading without case, accents, blanks and punctuation: `E-Mail-Adresse` is `emailadresse`, `Prénom` is `prenom`.
 */
function plain(heading: string): string {
  return heading
    .normalize('NFKD')
    .replaceAll(/\p{M}|[^\p{L}\p{N}]/gu, '')
    .toLowerCase()
}
