// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IExchange, IExchangeTypes} from "../../src/IExchange.sol";
import {ILogAnchor} from "../../src/ILogAnchor.sol";
import {Features} from "../../src/lib/Features.sol";
import {Test} from "./Vm.sol";

interface ISandboxMoney is IERC20 {
    function mint(address to, uint256 amount) external;
}

/// @dev A deployed exchange with people in it. The artifacts come from forge's own compilation (`vm.getCode`), so that the
/// tests need not be compiled with the contracts, and `forge coverage` sees what they reach.
abstract contract House is Test, IExchangeTypes {
    uint256 internal constant SELLER_KEY = 0xA11CE;
    uint256 internal constant BUYER_KEY = 0xB0B;
    uint256 internal constant THIRD_KEY = 0xCA401;
    uint256 internal constant VERIFIER_KEY = 0x7E51F1E5;
    uint256 internal constant ISSUER_KEY = 0x155;
    uint16 internal constant CLASS = 7;
    uint16 internal constant CHARITY = 3;
    uint40 internal constant FAR = 4_000_000_000;
    uint40 internal constant EXPIRY = 3_000_000_000;
    uint96 internal constant PRICE = 10_000;
    uint256 internal constant RICH = 1e15;
    bytes32 internal constant CASE = keccak256("case");

    address internal seller = vm.addr(SELLER_KEY);
    address internal buyer = vm.addr(BUYER_KEY);
    address internal third = vm.addr(THIRD_KEY);
    address internal verifier = vm.addr(VERIFIER_KEY);
    address internal issuer = vm.addr(ISSUER_KEY);
    address internal charityPayee = address(0xC4A717);
    address internal feePayee = address(0xFEE);
    /// @dev Admin of the manager and every role at once; the roles and delays themselves are deploy.ts's.
    address internal desk = address(this);

    IAccessManager internal manager;
    ILogAnchor internal log;
    IERC20 internal money;
    IExchange internal exchange;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        manager = IAccessManager(make("AccessManager.sol:AccessManager", abi.encode(desk)));
        log = ILogAnchor(make("LogAnchor.sol:LogAnchor", abi.encode(desk, address(0xBAC), bytes32(0), 0, bytes32(0))));
        money = IERC20(newMoney());
        exchange = deploy(configOf(Features.INTL));
        register();
        people();
    }

    function newMoney() internal virtual returns (address) {
        return make("SandboxMoney.sol:SandboxMoney", abi.encode(address(manager)));
    }

    function configOf(uint256 features) internal view returns (Config memory) {
        return Config(address(money), address(manager), address(log), features, 0, 0, 0);
    }

    function deploy(Config memory config) internal returns (IExchange) {
        address part = make("ExchangeDesk.sol:ExchangeDesk", abi.encode(config));
        part = make("ExchangeExtension.sol:ExchangeExtension", abi.encode(config, part));
        return IExchange(make("Exchange.sol:Exchange", abi.encode(config, part)));
    }

    function make(string memory artifact, bytes memory arguments) internal returns (address made) {
        bytes memory code = bytes.concat(vm.getCode(artifact), arguments);
        assembly {
            made := create(0, add(code, 32), mload(code))
            if iszero(made) {
                returndatacopy(0, 0, returndatasize())
                revert(0, returndatasize())
            }
        }
    }

    function register() internal {
        exchange.setSigner(verifier, Signer(SignerKind.VERIFIER, 0, FAR, 0));
        exchange.setSigner(issuer, Signer(SignerKind.ISSUER, 0, FAR, CLASS));
        exchange.setCharity(CHARITY, charityPayee);
        exchange.setFeePayee(feePayee);
    }

    function people() internal virtual {
        admit(seller);
        admit(buyer);
        admit(third);
    }

    /// @dev Checked, rich, and has approved the exchange for everything.
    function admit(address who) internal {
        setKyc(who, FAR);
        give(who, RICH);
        vm.prank(who);
        money.approve(address(exchange), type(uint256).max);
    }

    function give(address who, uint256 amount) internal virtual {
        ISandboxMoney(address(money)).mint(who, amount);
    }

    function setKyc(address who, uint40 until) internal {
        KycWrite[] memory writes = new KycWrite[](1);
        writes[0] = KycWrite(who, until, 1);
        exchange.setKyc(writes);
    }

    // ------------------------------------------------------------------ signed messages

    function idOf(uint256 number) internal pure returns (uint256) {
        return (uint256(keccak256(abi.encode("card", number))) >> 40 << 40) | EXPIRY;
    }

    function signed(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function attestOf(uint256 cardId, address holder) internal pure returns (Attest memory) {
        return Attest(cardId, holder, CLASS, keccak256(abi.encode("commit", cardId)), FAR);
    }

    function sign(Attest memory m) internal view returns (bytes memory) {
        return signed(VERIFIER_KEY, exchange.hashAttest(m));
    }

    function sign(uint256 key, Listing memory m) internal view returns (bytes memory) {
        return signed(key, exchange.hashListing(m));
    }

    function sign(uint256 key, Bid memory m) internal view returns (bytes memory) {
        return signed(key, exchange.hashBid(m));
    }

    function sign(uint256 key, AuctionTerms memory m) internal view returns (bytes memory) {
        return signed(key, exchange.hashAuctionTerms(m));
    }

    function sign(uint256 key, SealedTerms memory m) internal view returns (bytes memory) {
        return signed(key, exchange.hashSealedTerms(m));
    }

    function sign(uint256 key, DutchTerms memory m) internal view returns (bytes memory) {
        return signed(key, exchange.hashDutchTerms(m));
    }

    function sign(uint256 key, SwapOffer memory m) internal view returns (bytes memory) {
        return signed(key, exchange.hashSwapOffer(m));
    }

    function sign(uint256 key, Reissued memory m) internal view returns (bytes memory) {
        return signed(key, exchange.hashReissued(m));
    }

    /// @dev The two words of a key's signature (EIP-2098).
    function words(bytes memory signature) internal pure returns (bytes32 r, bytes32 vs) {
        require(signature.length == 65, "a key signs in 65 bytes");
        uint8 v;
        assembly {
            r := mload(add(signature, 32))
            vs := mload(add(signature, 64))
            v := byte(0, mload(add(signature, 96)))
        }
        if (v == 28) vs |= bytes32(uint256(1) << 255);
    }

    function buyFirst(Attest memory m, bytes memory byVerifier, Listing memory l, bytes memory bySeller) internal {
        (bytes32 r, bytes32 vs) = words(byVerifier);
        exchange.buyLazy(firstOf(m, l), r, vs, bySeller);
    }

    function firstOf(Attest memory m, Listing memory l) internal pure returns (FirstSale memory) {
        return FirstSale(
            m.cardId,
            m.secretCommit,
            bytes32(abi.encodePacked(m.holder, uint48(l.price), l.feeBps, l.charityBps, l.charityId)),
            bytes32(abi.encodePacked(l.taker, l.deadline, m.deadline, m.issuerClass))
        );
    }

    /// @dev 1 % fee, no gift, anyone, to the vault.
    function listingOf(uint256 cardId, uint32 nonce) internal pure returns (Listing memory) {
        return Listing(cardId, PRICE, 100, 0, 0, Delivery.VAULT, address(0), FAR, nonce);
    }

    function bidOf(uint256 cardId, uint32 nonce) internal view returns (Bid memory) {
        return Bid(cardId, buyer, PRICE, 100, address(0), 0, nonce, exchange.accountOf(buyer).epoch, FAR);
    }

    function auctionOf(uint256 cardId, uint32 nonce) internal pure returns (AuctionTerms memory) {
        return AuctionTerms(cardId, PRICE, 1 days, 100, 0, 0, Delivery.VAULT, FAR, nonce);
    }

    // ------------------------------------------------------------------ shortcuts

    function mint(uint256 number, address holder) internal returns (uint256 cardId) {
        cardId = idOf(number);
        Attest memory m = attestOf(cardId, holder);
        exchange.mint(m, sign(m));
    }

    function nonceOf(uint256 cardId) internal view returns (uint32) {
        return exchange.cardOf(cardId).nonce;
    }

    function deposit(address who, uint96 amount) internal {
        vm.prank(who);
        exchange.deposit(amount);
    }
}
