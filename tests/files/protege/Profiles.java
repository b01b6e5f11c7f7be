import java.util.stream.Stream;
import org.semanticweb.owlapi.io.RDFParserMetaData;
import org.semanticweb.owlapi.model.AxiomType;
import org.semanticweb.owlapi.model.OWLAxiom;
import org.semanticweb.owlapi.model.OWLDatatype;
import org.semanticweb.owlapi.model.OWLDocumentFormat;
import org.semanticweb.owlapi.model.OWLEntity;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.model.parameters.Imports;
import org.semanticweb.owlapi.profiles.OWL2DLProfile;
import org.semanticweb.owlapi.profiles.OWL2RLProfile;
import org.semanticweb.owlapi.profiles.OWLProfile;
import org.semanticweb.owlapi.profiles.OWLProfileViolation;
import org.semanticweb.owlapi.profiles.violations.UseOfIllegalAxiom;
import org.semanticweb.owlapi.vocab.OWL2Datatype;

/** {@code Profiles FOLDER} prints a line "kind, tab, text" for each thing in which the folder is not clean OWL 2 DL and RL. */
public final class Profiles {
    public static void main(String[] arguments) throws Exception {
        Folder folder = new Folder(arguments[0]);
        OWLOntology root = folder.root;
        OWLDocumentFormat
            .determineIllegalPunnings(true, root.signature(Imports.INCLUDED), root.getPunnedIRIs(Imports.INCLUDED))
            .forEach(iri -> print("punned", iri));
        root.signature(Imports.INCLUDED).filter(entity -> isUndeclared(entity, root)).distinct()
            .forEach(entity -> print("undeclared", entity.getEntityType() + " " + entity));
        root.importsClosure().flatMap(ontology -> unparsed(folder, ontology)).forEach(text -> print("unread", text));
        violations(new OWL2DLProfile(), root).forEach(violation -> print("dl", violation));
        violations(new OWL2RLProfile(), root).filter(v -> !isAllowed(v)).forEach(violation -> print("rl", violation));
        print("annotated", root.importsClosure().flatMap(OWLOntology::axioms)
            .filter(axiom -> axiom.isAnnotated() && !isRule(axiom)).count());
    }

    /** Terms of OWL itself count as undeclared in the API's eyes: owl:sameAs from a rule, xsd:date in an annotation. */
    private static boolean isUndeclared(OWLEntity entity, OWLOntology root) {
        return !entity.isBuiltIn() && !entity.getIRI().isReservedVocabulary()
            && !root.isDeclared(entity, Imports.INCLUDED);
    }

    /** Triples that became no axiom; those of a nested annotation are listed although they were read. */
    private static Stream<String> unparsed(Folder folder, OWLOntology ontology) {
        return folder.manager.getOntologyFormat(ontology).getOntologyLoaderMetaData().stream()
            .filter(RDFParserMetaData.class::isInstance)
            .flatMap(data -> ((RDFParserMetaData) data).getUnparsedTriples())
            .map(Object::toString)
            .filter(triple -> !triple.contains("owl#annotated"));
    }

    private static Stream<OWLProfileViolation> violations(OWLProfile profile, OWLOntology root) {
        return profile.checkOntology(root).getViolations().stream();
    }

    /** RL knows no SWRL, but our reasoner does; and a text with a language is rdf:PlainLiteral, which RL allows. */
    private static boolean isAllowed(OWLProfileViolation violation) {
        return violation instanceof UseOfIllegalAxiom && isRule(violation.getAxiom())
            || violation.getExpression() instanceof OWLDatatype type && OWL2Datatype.RDF_LANG_STRING.matches(type);
    }

    private static boolean isRule(OWLAxiom axiom) {
        return axiom.isOfType(AxiomType.SWRL_RULE);
    }

    private static void print(String kind, Object text) {
        System.out.println(kind + "\t" + text.toString().replaceAll("\\s+", " "));
    }
}
