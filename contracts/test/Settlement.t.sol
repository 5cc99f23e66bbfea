// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAttestedSettlement as S} from "../src/IAttestedSettlement.sol";
import {House} from "./support/House.sol";

/// Goal: one bank proof settles one order, one card has one open order, and every step is signed by whom it concerns.
contract SettlementTest is House {
    uint256 private constant BANK_KEY = 0xBA4C;
    uint256 private constant DESK_KEY = 0xDE5C;
    S private settlement;

    function setUp() public override {
        super.setUp();
        settlement = S(make("AttestedSettlement.sol:AttestedSettlement", abi.encode(address(manager))));
        settlement.setSigner(verifier, S.Signer(S.SignerKind.VERIFIER, 0, FAR));
        settlement.setSigner(issuer, S.Signer(S.SignerKind.ISSUER, 0, FAR));
        settlement.setSigner(vm.addr(BANK_KEY), S.Signer(S.SignerKind.BANK, 0, FAR));
        settlement.setSigner(vm.addr(DESK_KEY), S.Signer(S.SignerKind.DESK, 0, FAR));
    }

    function orderOf(bytes32 id) private view returns (S.Order memory) {
        return S.Order(id, "card", "payee", "buyer", 9_999, 250, 100, 3, uint40(block.timestamp + 1 days));
    }

    function open(S.Order memory o) private {
        settlement.open(o, signed(DESK_KEY, settlement.hashOrder(o)));
    }

    function proofOf(S.Order memory o) private view returns (S.PaymentProof memory) {
        return S.PaymentProof(o.orderId, o.payee, o.price, "ref", uint40(block.timestamp));
    }

    function refusePay(S.Order memory o, S.PaymentProof memory p, uint256 key, bytes memory why) private {
        bytes memory s = signed(key, settlement.hashPaymentProof(p));
        vm.expectRevert(why);
        settlement.settle(o, p, s);
    }

    function test_attest_until_its_deadline() external {
        uint40 deadline = uint40(block.timestamp);
        S.CardAttest memory a = S.CardAttest("card", "commit", 10_000, deadline, deadline);
        bytes memory s = signed(VERIFIER_KEY, settlement.hashCardAttest(a));
        settlement.attest(a, s);
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(S.Expired.selector, deadline));
        settlement.attest(a, s);
    }

    function test_attest_notice_pay() external {
        S.CardAttest memory a = S.CardAttest("card", "commit", 10_000, uint40(block.timestamp), FAR);
        vm.expectEmit(address(settlement));
        emit S.CardAttested("card", verifier, "commit", 10_000, uint40(block.timestamp));
        settlement.attest(a, signed(VERIFIER_KEY, settlement.hashCardAttest(a)));
        S.Order memory o = orderOf("order");
        open(o);
        eq(settlement.promiseOf("card"), "order", "promised");
        S.AssignmentNotice memory n = S.AssignmentNotice("order", "notice", uint40(block.timestamp));
        settlement.notice(n, signed(ISSUER_KEY, settlement.hashAssignmentNotice(n)));
        eq(settlement.orderOf("order").noticedAt, block.timestamp, "noticed");
        S.PaymentProof memory p = proofOf(o);
        vm.expectEmit(address(settlement));
        emit S.Settled("order", "ref", 9_999, 249, 99, 9_651);
        settlement.settle(o, p, signed(BANK_KEY, settlement.hashPaymentProof(p)));
        eq(uint8(settlement.orderOf("order").state), uint8(S.OrderState.PAID), "paid");
        eq(settlement.promiseOf("card"), 0, "free again");
        isTrue(settlement.bankRefUsed("ref"), "used");
        refusePay(o, p, BANK_KEY, abi.encodeWithSelector(S.WrongState.selector, bytes32("order"), S.OrderState.PAID));
    }

    /// Invariant 14: one PaymentProof settles one order.
    function testFuzz_one_proof_one_order(bytes32 first, bytes32 second, bytes32 ref) external {
        vm.assume(first != second && first != 0 && second != 0);
        S.Order memory a = orderOf(first);
        S.Order memory b = orderOf(second);
        b.cardRef = "another card";
        open(a);
        open(b);
        S.PaymentProof memory p = proofOf(a);
        p.bankRef = ref;
        bytes memory s = signed(BANK_KEY, settlement.hashPaymentProof(p));
        vm.expectRevert(abi.encodeWithSelector(S.PaymentMismatch.selector, second));
        settlement.settle(b, p, s);
        settlement.settle(a, p, s);
        p = proofOf(b);
        p.bankRef = ref;
        refusePay(b, p, BANK_KEY, abi.encodeWithSelector(S.BankRefUsed.selector, ref));
    }

    function test_open_refusals() external {
        S.Order memory o = orderOf("order");
        bytes memory s = signed(BANK_KEY, settlement.hashOrder(o));
        vm.expectRevert(abi.encodeWithSelector(S.BadSigner.selector, vm.addr(BANK_KEY)));
        settlement.open(o, s);
        open(o);
        refuseOpen(o, abi.encodeWithSelector(S.OrderExists.selector, bytes32("order")));
        o.orderId = 0;
        refuseOpen(o, abi.encodeWithSelector(S.NoSuchOrder.selector, 0));
        o.orderId = "other";
        refuseOpen(o, abi.encodeWithSelector(S.CardPromised.selector, bytes32("card"), bytes32("order")));
        o.price = 0;
        refuseOpen(o, abi.encodeWithSelector(S.PriceZero.selector));
        (o.price, o.feeBps, o.charityBps) = (1, 501, 0);
        refuseOpen(o, abi.encodeWithSelector(S.FeeAboveCap.selector, 501, 500));
        (o.feeBps, o.charityBps) = (500, 1);
        refuseOpen(o, abi.encodeWithSelector(S.FeeAboveCap.selector, 501, 500));
        o.deadline = 1;
        refuseOpen(o, abi.encodeWithSelector(S.Expired.selector, 1));
        S.CardAttest memory a = S.CardAttest("card", "commit", 1, 1, 1);
        s = signed(VERIFIER_KEY, settlement.hashCardAttest(a));
        vm.expectRevert(abi.encodeWithSelector(S.Expired.selector, 1));
        settlement.attest(a, s);
    }

    function refuseOpen(S.Order memory o, bytes memory why) private {
        bytes memory s = signed(DESK_KEY, settlement.hashOrder(o));
        vm.expectRevert(why);
        settlement.open(o, s);
    }

    function test_notice_refusals() external {
        S.AssignmentNotice memory n = S.AssignmentNotice("order", "notice", uint40(block.timestamp));
        refuseNotice(n, abi.encodeWithSelector(S.NoSuchOrder.selector, bytes32("order")));
        S.Order memory o = orderOf("order");
        open(o);
        n.receivedAt = 0;
        refuseNotice(n, abi.encodeWithSelector(S.TooEarly.selector, 0));
        n.receivedAt = uint40(block.timestamp + 1);
        refuseNotice(n, abi.encodeWithSelector(S.TooEarly.selector, block.timestamp + 1));
        n.receivedAt = uint40(block.timestamp);
        settlement.notice(n, signed(ISSUER_KEY, settlement.hashAssignmentNotice(n)));
        refuseNotice(n, abi.encodeWithSelector(S.WrongState.selector, bytes32("order"), S.OrderState.OPEN));
        o = orderOf("second");
        o.cardRef = "second";
        open(o);
        vm.warp(o.deadline + 1 days - 1);
        vm.expectRevert(abi.encodeWithSelector(S.TooEarly.selector, o.deadline + 1 days));
        settlement.lapse(o);
        vm.warp(o.deadline + 1 days);
        settlement.lapse(o);
        eq(settlement.promiseOf("second"), 0, "free again");
        n.orderId = "second";
        refuseNotice(n, abi.encodeWithSelector(S.WrongState.selector, bytes32("second"), S.OrderState.LAPSED));
    }

    function refuseNotice(S.AssignmentNotice memory n, bytes memory why) private {
        bytes memory s = signed(ISSUER_KEY, settlement.hashAssignmentNotice(n));
        vm.expectRevert(why);
        settlement.notice(n, s);
    }

    function test_payment_must_fit() external {
        S.Order memory o = orderOf("order");
        open(o);
        bytes memory mismatch = abi.encodeWithSelector(S.PaymentMismatch.selector, bytes32("order"));
        S.PaymentProof memory p = proofOf(o);
        refusePay(o, p, DESK_KEY, abi.encodeWithSelector(S.BadSigner.selector, vm.addr(DESK_KEY)));
        p.payee = "thief";
        refusePay(o, p, BANK_KEY, mismatch);
        p = proofOf(o);
        p.amount -= 1;
        refusePay(o, p, BANK_KEY, mismatch);
        p = proofOf(o);
        p.time = uint40(block.timestamp + 1);
        refusePay(o, p, BANK_KEY, mismatch);
        p = proofOf(o);
        S.Order memory changed = orderOf("order");
        changed.price -= 1;
        refusePay(changed, p, BANK_KEY, abi.encodeWithSelector(S.NoSuchOrder.selector, bytes32("order")));
        vm.warp(o.deadline + 1);
        p.time = o.deadline + 1;
        refusePay(o, p, BANK_KEY, mismatch);
        p.time = o.deadline;
        settlement.settle(o, p, signed(BANK_KEY, settlement.hashPaymentProof(p)));
    }

    /// The desk's key signs orders from the first second of its window to the last.
    function window(uint40 from, uint40 until, bool good) private {
        address key = vm.addr(DESK_KEY);
        settlement.setSigner(key, S.Signer(S.SignerKind.DESK, from, until));
        S.Order memory o = orderOf("windowed");
        bytes memory s = signed(DESK_KEY, settlement.hashOrder(o));
        if (!good) vm.expectRevert(abi.encodeWithSelector(S.BadSigner.selector, key));
        settlement.open(o, s);
    }

    function test_keys() external {
        vm.expectRevert(S.WindowInvalid.selector);
        settlement.setSigner(address(0), S.Signer(S.SignerKind.BANK, 0, FAR));
        vm.expectRevert(S.WindowInvalid.selector);
        settlement.setSigner(third, S.Signer(S.SignerKind.NONE, 0, FAR));
        vm.expectRevert(S.WindowInvalid.selector);
        settlement.setSigner(third, S.Signer(S.SignerKind.BANK, 5, 5));
        window(uint40(block.timestamp), uint40(block.timestamp + 1), true);
        window(uint40(block.timestamp + 1), FAR, false);
        window(0, uint40(block.timestamp), false);
        settlement.setSigner(third, S.Signer(S.SignerKind.BANK, 5, 6));
        eq(uint8(settlement.signerOf(third).kind), uint8(S.SignerKind.BANK), "kind");
        settlement.revokeSigner(third);
        eq(uint8(settlement.signerOf(third).kind), 0, "revoked");
        vm.prank(third);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, third));
        settlement.revokeSigner(verifier);
    }
}
